package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import liquibase.Scope;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.command.core.helpers.ShowSummaryArgument;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.postgresql.ds.PGSimpleDataSource;

/** The SQL files as they are shipped, run by whatever runs SQL. */
class SchemaFileTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @BeforeEach
    @AfterEach
    void drop() {
        database.execute("DROP TABLE IF EXISTS public.outbox, public.inbox, databasechangelog, databasechangeloglock,"
                + " flyway_outbox; DROP FUNCTION IF EXISTS public.outbox_days");
    }

    @ParameterizedTest
    @EnumSource
    void plain_jdbc_runs_it_and_a_second_time_changes_nothing(SchemaFile file) {
        database.execute(file.sql());
        List<Map<String, @Nullable String>> once = catalog();
        assertThat(once).isNotEmpty();

        database.execute(file.sql());
        assertThat(catalog()).isEqualTo(once);
    }

    @ParameterizedTest
    @EnumSource
    void flyway_runs_it_once(SchemaFile file) {
        assertThat(flyway(file).migrationsExecuted).isEqualTo(1);
        List<Map<String, @Nullable String>> once = catalog();

        assertThat(flyway(file).migrationsExecuted).isZero();
        assertThat(catalog()).isEqualTo(once);
        drop();
        database.execute(file.sql());
        assertThat(catalog()).isEqualTo(once);
    }

    @Test
    void flyway_runs_outbox_and_inbox_together() {
        assertThat(flyway(SchemaFile.OUTBOX_JSON, SchemaFile.INBOX).migrationsExecuted)
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void liquibase_runs_it_once(SchemaFile file) throws Exception {
        liquibase(file);
        List<Map<String, @Nullable String>> once = catalog();

        liquibase(file);
        assertThat(catalog()).isEqualTo(once);
        assertThat(database.query("SELECT * FROM databasechangelog")).hasSize(1);
        drop();
        database.execute(file.sql());
        assertThat(catalog()).isEqualTo(once);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "INBOX")
    void every_column_of_the_contract_is_there_and_the_table_is_valid(SchemaFile file) throws Exception {
        database.execute(file.sql());
        assertThat(database.query("SELECT column_name FROM information_schema.columns WHERE table_name = 'outbox'"))
                .extracting(row -> row.get("column_name"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Column.values()).map(Column::defaultName).toList());
        try (Connection connection = database.connect()) {
            OutboxSchema.validate(connection, OutboxTable.DEFAULT, payloadType(file));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "INBOX")
    void events_go_into_it(SchemaFile file) {
        database.execute(file.sql());
        JpaOutbox outbox = JpaOutbox.builder()
                .payloadType(payloadType(file))
                .serializer(event -> "{}".getBytes(StandardCharsets.UTF_8))
                .build();
        database.inTransaction(em -> outbox.on(em).publish("Person", 1, new PersonRegistered("Ada")));
        assertThat(database.rows()).hasSize(1);
    }

    @Test
    void the_json_file_makes_the_table_of_the_core() {
        database.execute(SchemaFile.OUTBOX_JSON.sql());
        List<Map<String, @Nullable String>> here = catalog();
        drop();
        database.execute(OutboxTable.ddl());
        assertThat(catalog()).isEqualTo(here);
    }

    private static PayloadType payloadType(SchemaFile file) {
        return file == SchemaFile.OUTBOX_BYTEA ? PayloadType.BYTEA : PayloadType.JSON;
    }

    private static MigrateResult flyway(SchemaFile... files) {
        return Flyway.configure()
                .dataSource(dataSource())
                .table("flyway_outbox")
                // The schema has the application's tables already.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .locations(Arrays.stream(files)
                        .map(file -> "classpath:" + file.location())
                        .toArray(String[]::new))
                .load()
                .migrate();
    }

    private static PGSimpleDataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(database.url());
        dataSource.setUser("postgres");
        return dataSource;
    }

    private static void liquibase(SchemaFile file) throws Exception {
        try (Connection connection = database.connect()) {
            Scope.child(
                    Scope.Attr.resourceAccessor,
                    new ClassLoaderResourceAccessor(),
                    () -> new CommandScope("update")
                            .addArgumentValue(
                                    DbUrlConnectionArgumentsCommandStep.DATABASE_ARG,
                                    DatabaseFactory.getInstance()
                                            .findCorrectDatabaseImplementation(new JdbcConnection(connection)))
                            .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, file.resource())
                            .addArgumentValue(ShowSummaryArgument.SHOW_SUMMARY_OUTPUT, UpdateSummaryOutputEnum.LOG)
                            .execute());
        }
    }

    /** Tables, columns, keys, indexes, partitions and functions, but for the migration tools' own. */
    private static List<Map<String, @Nullable String>> catalog() {
        return database.query("""
                SELECT c.oid::regclass::text AS name, c.relkind::text AS kind, pg_get_expr(c.relpartbound, c.oid) AS of_,
                       (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                                                    pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum)
                        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                        WHERE a.attrelid = c.oid AND a.attnum > 0) AS definition
                FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname ~ '^(outbox|inbox)'
                UNION ALL
                SELECT proname, 'function', NULL, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                ORDER BY name
                """);
    }
}
