package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What differs from the table that is needed is said at once, with what to do about it. */
class OutboxSchemaTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @AfterEach
    void drop() {
        database.execute("DROP VIEW IF EXISTS public.outbox_view; DROP TABLE IF EXISTS public.outbox");
    }

    @Test
    void the_shipped_table_is_valid_and_a_look_writes_nothing() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            OutboxSchema.validate(connection);
            connection.commit();
        }
    }

    @Test
    void a_missing_table_is_named_with_its_sql_and_where_one_of_that_name_is() {
        database.execute("CREATE SCHEMA IF NOT EXISTS elsewhere; ALTER TABLE public.outbox SET SCHEMA elsewhere");
        assertThat(differences(OutboxTable.DEFAULT, PayloadType.BYTEA))
                .contains(
                        "public.outbox",
                        "1 difference",
                        "found none",
                        "in the schema elsewhere",
                        "dev/outbox/jpa/schema/bytea/V1__outbox.sql",
                        "OutboxTable.named(schema, name)");
        assertThat(differences(OutboxTable.named("nowhere", "nothing"), PayloadType.JSON))
                .contains("nowhere.nothing", "found none. Create it");
        database.execute("DROP SCHEMA elsewhere CASCADE");
    }

    @Test
    void everything_that_differs_is_in_one_message() {
        database.execute("""
                DROP TABLE public.outbox;
                CREATE UNLOGGED TABLE public.outbox (
                    id            varchar(36) PRIMARY KEY,
                    aggregatetype char(255),
                    aggregateid   varchar(100),
                    payload       jsonb,
                    headers       text,
                    occurred_at   timestamp,
                    xid           bigint,
                    tenant        text NOT NULL
                )""");
        assertThat(differences(OutboxTable.DEFAULT, PayloadType.JSON))
                .contains("11 difference(s)")
                .contains("found an UNLOGGED one, which never reaches the relay")
                .contains("'id' to be of type uuid, found character varying(36)")
                .contains("'aggregatetype' to be of type varchar(255) or text, found character(255)")
                .contains("'aggregateid' to be of type varchar(255) or text, found character varying(100)")
                .contains("a column 'type' of type varchar(255) or text, found none")
                .contains("'payload' to be of type json, found jsonb", "payloadType(PayloadType.JSONB)")
                .contains("'headers' to be of type json or jsonb, found text")
                .contains("'occurred_at' to be of type timestamptz, found timestamp without time zone")
                .contains("'xid' to be of type xid8, found bigint")
                .contains("'xid' to have the default pg_current_xact_id(), found none")
                .contains("found 'tenant' NOT NULL without a default");
    }

    @Test
    void the_payload_column_must_be_of_the_type_that_is_written() {
        for (PayloadType column : PayloadType.values()) {
            database.execute("ALTER TABLE public.outbox DROP payload; ALTER TABLE public.outbox ADD payload "
                    + column.sqlName());
            for (PayloadType written : PayloadType.values()) {
                if (written == column) {
                    assertValid(OutboxTable.DEFAULT, written);
                } else {
                    assertThat(differences(OutboxTable.DEFAULT, written))
                            .contains("1 difference", "of type " + written.sqlName() + ", found " + column.sqlName());
                }
            }
        }
    }

    @Test
    void an_outbox_is_validated_by_its_own_settings() throws SQLException {
        database.execute("ALTER TABLE public.outbox RENAME payload TO body; ALTER TABLE public.outbox DROP xid");
        JpaOutbox outbox = JpaOutbox.builder()
                .table(OutboxTable.DEFAULT.withColumn(Column.PAYLOAD, "body").without(Column.XID))
                .build();
        try (Connection connection = database.connect()) {
            outbox.validate(connection);
        }
        assertThat(differences(OutboxTable.DEFAULT, PayloadType.JSON))
                .contains("2 difference(s)", "a column 'payload'", "a column 'xid'", "OutboxTable.without(...)");
    }

    @Test
    void a_table_of_debeziums_five_columns_is_valid_when_said_to_be_one() {
        database.execute("""
                DROP TABLE public.outbox;
                CREATE TABLE public.outbox (
                    id            uuid                   NOT NULL PRIMARY KEY,
                    aggregatetype character varying(255) NOT NULL,
                    aggregateid   character varying(255) NOT NULL,
                    type          text                   NOT NULL,
                    payload       jsonb,
                    made_at       timestamptz            NOT NULL DEFAULT now(),
                    number        bigint                 GENERATED ALWAYS AS IDENTITY,
                    route         text                   GENERATED ALWAYS AS (lower(type)) STORED
                )""");
        OutboxTable five = OutboxTable.DEFAULT
                .without(Column.HEADERS)
                .without(Column.OCCURRED_AT)
                .without(Column.XID);
        assertValid(five, PayloadType.JSONB);
        JpaOutbox outbox =
                JpaOutbox.builder().table(five).payloadType(PayloadType.JSONB).build();
        database.inTransaction(em -> outbox.on(em).publish("Person", 1, new PersonRegistered("Ada")));
    }

    @Test
    void a_column_that_takes_no_value_is_refused() {
        database.execute("ALTER TABLE public.outbox DROP type;"
                + " ALTER TABLE public.outbox ADD type text GENERATED ALWAYS AS (lower(aggregatetype)) STORED");
        assertThat(differences(OutboxTable.DEFAULT, PayloadType.JSON))
                .contains("1 difference", "'type' to take a value, found it GENERATED ALWAYS");
    }

    @Test
    void a_view_is_no_table_and_a_partitioned_table_needs_partitions() {
        database.execute("CREATE VIEW public.outbox_view AS SELECT * FROM public.outbox");
        assertThat(differences(OutboxTable.named("public", "outbox_view"), PayloadType.JSON))
                .contains("Expected a table, found a view");
        database.execute("DROP VIEW public.outbox_view; DROP TABLE public.outbox;" + SchemaFile.OUTBOX_DAILY.sql());
        assertValid(OutboxTable.DEFAULT, PayloadType.JSON);
        database.execute("DO $$ DECLARE day regclass; BEGIN FOR day IN SELECT inhrelid FROM pg_inherits"
                + " WHERE inhparent = 'public.outbox'::regclass LOOP EXECUTE 'DROP TABLE ' || day; END LOOP; END $$;"
                + " DROP FUNCTION public.outbox_days");
        assertThat(differences(OutboxTable.DEFAULT, PayloadType.JSON))
                .contains("Expected at least one partition, found none", "dev/outbox/jpa/schema/daily");
    }

    @Test
    void a_role_that_may_not_write_is_told_what_to_grant() throws SQLException {
        database.execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE reader");
            assertThat(catchThrowableOfType(OutboxException.class, () -> OutboxSchema.validate(connection)))
                    .hasMessageContainingAll(
                            "1 difference", "the role reader may write", "GRANT INSERT ON \"public\".\"outbox\"");
        } finally {
            database.execute("DROP ROLE reader");
        }
    }

    @Test
    void a_role_that_may_not_delete_is_told_so_where_rows_do_not_stay() throws SQLException {
        JpaOutbox keeping = JpaOutbox.builder().build();
        JpaOutbox deleting =
                JpaOutbox.builder().retention(Retention.DELETE_AFTER_INSERT).build();
        database.execute("DROP ROLE IF EXISTS inserter; CREATE ROLE inserter; GRANT USAGE ON SCHEMA public TO inserter;"
                + " GRANT INSERT ON public.outbox TO inserter");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE inserter");
            keeping.validate(connection);
            assertThat(catchThrowableOfType(OutboxException.class, () -> deleting.validate(connection)))
                    .hasMessageContainingAll(
                            "1 difference",
                            "the role inserter may write and, for Retention.DELETE_AFTER_INSERT, find and delete",
                            "GRANT SELECT, INSERT, DELETE ON \"public\".\"outbox\" TO \"inserter\"");
            database.execute("GRANT DELETE ON public.outbox TO inserter");
            assertThat(catchThrowableOfType(OutboxException.class, () -> deleting.validate(connection)))
                    .hasMessageContaining("GRANT SELECT");
            database.execute("GRANT SELECT (id) ON public.outbox TO inserter");
            deleting.validate(connection);
        } finally {
            database.execute("DROP OWNED BY inserter; DROP ROLE inserter");
        }
    }

    @Test
    void a_column_that_can_not_hold_what_the_serializer_makes_is_not_advised() throws SQLException {
        JpaOutbox avro = JpaOutbox.builder()
                .payloadType(PayloadType.BYTEA)
                .serializer(EventSerializer.bytes("application/avro"))
                .build();
        try (Connection connection = database.connect()) {
            assertThat(catchThrowableOfType(OutboxException.class, () -> avro.validate(connection)))
                    .hasMessageContainingAll(
                            "'payload' to be of type bytea, found json. Change its type",
                            "give a serializer that makes JSON: this one makes application/avro")
                    .hasMessageNotContaining("payloadType(");
        }
    }

    @Test
    void an_entity_manager_factory_is_asked_on_a_connection_of_its_own() {
        JpaOutbox outbox = JpaOutbox.builder().build();
        outbox.validate(database.factory());
        database.execute("ALTER TABLE public.outbox DROP COLUMN headers");
        assertThat(catchThrowableOfType(OutboxException.class, () -> outbox.validate(database.factory())))
                .hasMessageContaining("Expected a column 'headers'");
    }

    @Test
    void a_connection_that_can_not_answer_is_told_apart() throws SQLException {
        Connection closed = database.connect();
        closed.close();
        assertThat(catchThrowableOfType(OutboxException.class, () -> OutboxSchema.validate(closed)))
                .hasMessageContaining("can't be looked at")
                .hasCauseInstanceOf(SQLException.class);
    }

    private static String differences(OutboxTable table, PayloadType payloadType) {
        try (Connection connection = database.connect()) {
            return String.valueOf(catchThrowableOfType(
                            OutboxException.class, () -> OutboxSchema.validate(connection, table, payloadType))
                    .getMessage());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertValid(OutboxTable table, PayloadType payloadType) {
        assertThatCode(() -> {
                    try (Connection connection = database.connect()) {
                        OutboxSchema.validate(connection, table, payloadType);
                    }
                })
                .doesNotThrowAnyException();
    }
}
