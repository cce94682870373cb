package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a server is said before anything is streamed: expected, found, where, what to do. */
class PreflightTest {

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            DROP TABLE outbox | Expected the table public.outbox | outbox.sql
            ALTER TABLE outbox DROP COLUMN payload | Expected a column 'payload' | found id, aggregatetype
            ALTER TABLE outbox ALTER payload TYPE xml USING null | 'payload' of the table public.outbox to be bytea or json or jsonb or text or varchar | found xml
            ALTER TABLE outbox ALTER headers TYPE text | 'headers' | found text
            ALTER TABLE outbox ALTER occurred_at TYPE timestamp | 'occurred_at' | found timestamp
            CREATE PUBLICATION outbox | Expected the publication 'outbox' to hold the table public.outbox | ALTER PUBLICATION "outbox" ADD TABLE "public"."outbox"
            CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'update') | to publish inserts | SET (publish = 'insert')
            CREATE PUBLICATION outbox FOR TABLE outbox WHERE (type <> 'x') WITH (publish = 'insert') | found a row filter | WHERE clause
            CREATE PUBLICATION outbox FOR TABLE outbox (id, type) WITH (publish = 'insert') | 'payload' of public.outbox in the publication | column list
            CREATE PUBLICATION outbox FOR TABLE outbox (id, aggregatetype, aggregateid, type, payload) WITH (publish = 'insert') | 'headers' of public.outbox in the publication | column list
            SELECT pg_create_physical_replication_slot(current_database()) | to be logical, found a physical one | Name another slot
            SELECT pg_create_logical_replication_slot(current_database(), 'test_decoding') | plugin pgoutput, found test_decoding | Name another slot
            """)
    void what_is_wrong_is_said(String wrong, String expected, String found) {
        Database database = Database.create().execute(OutboxTable.ddl()).execute(wrong);

        assertRefused(database.config(), expected, found);
    }

    @Test
    void all_that_is_wrong_is_said_at_once() {
        Database database = Database.create()
                .execute(OutboxTable.ddl())
                .execute("ALTER TABLE outbox DROP COLUMN id, DROP COLUMN type");

        assertRefused(database.config(), "'id'", "'type'");
    }

    @Test
    void an_optional_column_that_was_named_must_be_there() {
        Database database = Database.create().execute(OutboxTable.ddl());

        assertRefused(
                database.config().table(OutboxTable.DEFAULT.withColumn(OutboxTable.Column.HEADERS, "hedaers")),
                "Expected a column 'hedaers'");
    }

    @Test
    void a_slot_of_another_database_is_refused() {
        Database other = Database.create();
        other.execute("SELECT pg_create_logical_replication_slot(current_database(), 'pgoutput')");
        Database database = Database.create().execute(OutboxTable.ddl());

        assertRefused(
                database.config().slot(other.slot()), "of the database " + database.slot(), "found " + other.slot());
    }

    @Test
    void a_partitioned_table_is_published_under_its_own_name() {
        Database database = Database.create()
                .execute("CREATE TABLE outbox (id uuid, aggregatetype text, aggregateid text, type text, payload json)"
                        + " PARTITION BY HASH (id)")
                .execute("CREATE TABLE part PARTITION OF outbox FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
        database.execute("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
        assertRefused(database.config(), "publish_via_partition_root", "ALTER PUBLICATION");

        database.execute("DROP PUBLICATION outbox");
        try (Host host = Host.start(database.config().build())) {
            database.execute("INSERT INTO outbox VALUES (gen_random_uuid(), 'Order', 'a', 't', '1')");
            assertThat(Host.values(host.take(1))).containsExactly("1");
        }
    }

    @Test
    void a_server_without_logical_wal_is_refused() {
        try (PostgresServer server = PostgresServer.start(Map.of("wal_level", "replica"))) {
            server.execute("postgres", OutboxTable.ddl());

            assertRefused(
                    RelayConfig.builder(server.url("postgres")).username(server.user()),
                    "Expected wal_level=logical",
                    "ALTER SYSTEM SET wal_level");
        }
    }

    @Test
    void an_unreachable_server_is_named() {
        assertRefused(
                RelayConfig.builder("jdbc:postgresql://localhost:1/none").username("u"),
                "Can't connect to jdbc:postgresql://localhost:1/none",
                "Check host, port");
    }

    @Test
    void an_unknown_database_or_role_is_named() {
        Database database = Database.create();

        assertRefused(
                RelayConfig.builder(database.server().url("nowhere")).username("postgres"),
                "no such database",
                "nowhere");
        assertRefused(
                RelayConfig.builder(database.url()).username("ebezium"), "role 'ebezium'", "LOGIN and REPLICATION");
    }

    @Test
    void a_wrong_password_is_named_and_not_repeated() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute("postgres", "ALTER ROLE postgres PASSWORD 'right'");
            server.requirePasswords();

            RelayConfig config = RelayConfig.builder(server.url("postgres"))
                    .username("postgres")
                    .password("wrong-secret")
                    .build();
            assertThatThrownBy(() -> new RelayEngine(config).start(PositionStore.NONE))
                    .isInstanceOf(RelayException.class)
                    .hasMessageContaining("refused the password of role 'postgres'")
                    .message()
                    .doesNotContain("wrong-secret");
        }
    }

    @Test
    void a_role_that_may_not_make_what_is_missing_is_given_the_statement() {
        Database database = Database.create().execute(OutboxTable.ddl());
        database.execute("CREATE ROLE relay_without_rights LOGIN REPLICATION");

        assertRefused(
                database.config().username("relay_without_rights"),
                "The publication 'outbox' is missing",
                "CREATE PUBLICATION \"outbox\" FOR TABLE \"public\".\"outbox\"");
    }

    private static void assertRefused(RelayConfig.Builder config, String... parts) {
        RelayEngine engine = new RelayEngine(config.build());
        assertThatThrownBy(() -> engine.start(PositionStore.NONE))
                .isInstanceOf(RelayException.class)
                .message()
                .contains(parts);
    }
}
