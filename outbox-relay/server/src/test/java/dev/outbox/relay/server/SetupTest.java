package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.check.CheckCommand;
import dev.outbox.relay.server.setup.AdminCommands;
import dev.outbox.relay.server.setup.SetupCommand;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code outbox-relay setup}, on a server that asks for passwords: afterwards a relay runs with no more rights than it needs. */
class SetupTest {

    private static final PostgresServer POSTGRES = PostgresServer.start(
            Map.of("max_slot_wal_keep_size", "1GB", "log_statement", "all", "logging_collector", "on"));
    private static final AtomicInteger COUNT = new AtomicInteger();

    static {
        POSTGRES.execute("postgres", "ALTER ROLE postgres PASSWORD 'postgres'");
        POSTGRES.requirePasswords();
    }

    private final String name = "set_up_" + COUNT.incrementAndGet();
    private String url = POSTGRES.createDatabase(name);
    private final List<String> further = new ArrayList<>();

    @AfterEach
    void dropSlot() {
        POSTGRES.execute("postgres", "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    }

    @AfterAll
    static void stop() {
        POSTGRES.close();
    }

    @Test
    void from_an_empty_database_to_a_healthy_stream() {
        further.addAll(List.of(
                "on-record-error: dead-letter",
                "delivery: exactly-once",
                "routes: { Person: " + name + ".people }",
                "partitions: 6"));
        Clinic.Visit made = setup("--with-table", "--aggregate-type", "Order", "--max-message-bytes", "2MiB");

        assertThat(made.exitCode()).as(made.output()).isZero();
        assertThat(made.output().lines())
                .containsExactly(
                        "Stream " + name,
                        "  made   role " + name,
                        "  there  LOGIN and REPLICATION for " + name,
                        "  there  schema public",
                        "  made   table public.outbox",
                        "  there  CONNECT on " + name + " for " + name,
                        "  there  USAGE on public for " + name,
                        "  made   SELECT on public.outbox for " + name,
                        "  made   publication outbox",
                        "  there  public.outbox in publication outbox",
                        "  made   slot " + name,
                        "  made   topic outbox-relay." + name + ".position with 1 partition, replication factor 1",
                        "  made   topic outbox.dead-letter." + name + " with 6 partitions, replication factor 1",
                        "  made   topic " + name + ".Order with 6 partitions, replication factor 1",
                        "  made   topic " + name + ".people with 6 partitions, replication factor 1");
        assertThat(rightsOfRole())
                .isEqualTo(
                        "super=f,createrole=f,createdb=f,bypass=f,replication=t,insert=f,update=f,delete=f,create=f");

        assertHealthyAndRelaying();

        Clinic.Visit again = setup("--with-table", "--aggregate-type", "Order");
        assertThat(again.exitCode()).as(again.output()).isZero();
        assertThat(again.output().lines().skip(1)).hasSize(14).allMatch(line -> line.startsWith("  there  "));
    }

    @Test
    void the_printed_sql_does_the_same_can_be_run_twice_and_holds_no_password() {
        further.add("table: \"sales dept.Out box\"");
        further.add("publication: Out of it");
        further.add("columns: { payload: the body }");
        Clinic.Visit printed = setup("--print-sql", "--with-table");

        assertThat(printed.exitCode()).isZero();
        assertThat(printed.output())
                .doesNotContain(secret())
                .contains("-- Its password is not printed here. Give it one: ALTER ROLE \"" + name
                        + "\" PASSWORD '<password>';");
        for (int time = 1; time <= 2; time++) {
            // As psql does, each of these in a transaction of its own.
            for (String part : printed.output().split("(?m)^(?=SELECT )", -1)) {
                POSTGRES.execute(name, part);
            }
        }
        POSTGRES.execute(name, "ALTER ROLE " + name + " PASSWORD '" + secret() + "'");

        Clinic.Visit there = setup();
        assertThat(there.output().lines().filter(line -> line.startsWith("  made")))
                .containsExactly(
                        "  made   topic outbox-relay." + name + ".position with 1 partition, replication factor 1");
        assertThat(check().complaints()).isEmpty();
    }

    @Test
    void a_table_that_is_not_there_is_asked_for_before_anything_is_made() {
        Clinic.Visit refused = setup();

        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.output())
                .contains("Expected the table public.outbox in " + url + ", found none of that name.");
        assertThat(query("SELECT count(*) FROM pg_roles WHERE rolname = '" + name + "'"))
                .isEqualTo("0");
    }

    @Test
    void without_somebody_who_may_the_statement_is_given() {
        assertThat(setup("--with-table").exitCode()).isZero();
        POSTGRES.execute(name, "SELECT pg_drop_replication_slot('" + name + "')");
        POSTGRES.execute(name, "DROP PUBLICATION outbox");

        Clinic.Visit refused = Clinic.run(new SetupCommand(), "--config", config());

        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.output())
                .contains("The publication outbox can't be made on " + url + " as " + name)
                .contains("Run as somebody who may: CREATE PUBLICATION \"outbox\" FOR TABLE \"public\".\"outbox\"")
                .doesNotContain(secret());
    }

    @Test
    void what_is_missing_though_the_stream_has_run_is_a_gap_and_not_made() {
        assertThat(setup("--with-table").exitCode()).isZero();
        assertHealthyAndRelaying();
        POSTGRES.execute(name, "SELECT pg_drop_replication_slot('" + name + "')");

        Clinic.Visit refused = setup();

        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.output()).contains("that it is gone: a new one would skip what committed since");
        assertThat(query("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + name + "'"))
                .isEqualTo("0");
    }

    @Test
    void the_slot_is_made_where_the_stream_reads_and_the_rest_on_the_primary() {
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer standby = PostgresServer.standbyOf(primary, Map.of())) {
            url = standby.url("postgres");

            Clinic.Visit made = setup("--with-table", "--admin-url", primary.url("postgres"));

            assertThat(made.exitCode()).as(made.output()).isZero();
            assertThat(made.output()).contains("  made   publication outbox", "  made   slot " + name);
            String slots = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + name + "'";
            assertThat(query(standby, slots)).isEqualTo("1");
            assertThat(query(primary, slots)).isEqualTo("0");
        }
    }

    @Test
    void a_slot_can_be_made_that_goes_over_to_standbys() {
        assertThat(setup("--with-table", "--failover").exitCode()).isZero();

        assertThat(query("SELECT failover FROM pg_replication_slots WHERE slot_name = '" + name + "'"))
                .isEqualTo("t");
    }

    @Test
    void no_password_reaches_the_servers_log_or_an_error() {
        assertThat(setup("--with-table", "--json").output())
                .startsWith("{\"streams\":[{\"name\":\"" + name + "\",\"steps\":[{\"state\":\"made\",\"what\":\"role "
                        + name + "\"}")
                .doesNotContain(secret());
        assertThat(query("SELECT rolpassword FROM pg_authid WHERE rolname = '" + name + "'"))
                .startsWith("SCRAM-SHA-256$");
        assertThat(query("SELECT pg_read_file(pg_current_logfile())"))
                .contains("SCRAM-SHA-256$")
                .doesNotContain(secret());
    }

    private Clinic.Visit setup(String... options) {
        List<String> arguments = new ArrayList<>(List.of("--config", config(), "--admin-user", "postgres"));
        arguments.addAll(List.of(options));
        return Clinic.run(AdminCommands.setup("postgres"), arguments.toArray(String[]::new));
    }

    private Clinic.Visit check() {
        return Clinic.run(new CheckCommand(), "--config", config());
    }

    private void assertHealthyAndRelaying() {
        Clinic.Visit visit = check();
        assertThat(visit.complaints()).as(visit.output()).isEmpty();
        try (RunningStream relay = new RunningStream(yaml())) {
            StreamTest.awaitRelaying(relay);
            POSTGRES.execute(name, """
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    VALUES (gen_random_uuid(), 'Order', '1', 'happened.v1', '"1"', now())
                    """);
            assertThat(new Topic(name + ".Order").committedValues(1)).containsExactly("\"1\"");
            assertThat(relay.stop()).as(relay.log()::toString).isTrue();
        }
        Clinic.Visit after = check();
        assertThat(after.complaints()).as(after.output()).isEmpty();
    }

    private String config() {
        return Shop.write(yaml()).toString();
    }

    private String yaml() {
        return """
                relay:
                  kafka:
                    bootstrap.servers: %s
                  streams:
                    %s:
                      url: %s
                      username: %s
                      password: %s
                      slot: %s
                      topic: "%s.{aggregateType}"
                """.formatted(Servers.BROKER.bootstrapServers(), name, url, name, secret(), name, name)
                + further.stream().map(line -> "      " + line + "\n").reduce("", String::concat);
    }

    private String secret() {
        return "secret-of-" + name;
    }

    private String rightsOfRole() {
        return query("""
                SELECT format('super=%%s,createrole=%%s,createdb=%%s,bypass=%%s,replication=%%s,insert=%%s,update=%%s,delete=%%s,create=%%s',
                    rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
                    has_table_privilege(oid, 'outbox', 'INSERT'), has_table_privilege(oid, 'outbox', 'UPDATE'),
                    has_table_privilege(oid, 'outbox', 'DELETE'), has_database_privilege(oid, current_database(), 'CREATE'))
                FROM pg_roles WHERE rolname = '%s'
                """.formatted(name));
    }

    private String query(String sql) {
        return query(POSTGRES, name, sql);
    }

    private static String query(PostgresServer server, String sql) {
        return query(server, "postgres", sql);
    }

    private static String query(PostgresServer server, String database, String sql) {
        try (Connection connection = DriverManager.getConnection(server.url(database), "postgres", "postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? String.valueOf(result.getString(1)) : "";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
