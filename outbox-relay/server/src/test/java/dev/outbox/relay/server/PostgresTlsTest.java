package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sslmode: verify-full}, with a server whose certificate is for {@code localhost} alone. */
class PostgresTlsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PASSWORD = "secret-of-the-role";

    @TempDir
    private static Path directory;

    private static CertificateAuthority authority;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        authority = CertificateAuthority.create(directory, "authority");
        CertificateAuthority.Identity server = authority.identityOf("localhost");
        postgres = PostgresServer.start(Map.of(
                "ssl", "on",
                "ssl_cert_file", server.certificate().toString(),
                "ssl_key_file", server.key().toString()));
        postgres.execute("postgres", "ALTER ROLE postgres PASSWORD 'postgres'");
        postgres.execute("postgres", "CREATE ROLE relay LOGIN REPLICATION PASSWORD '" + PASSWORD + "'");
        postgres.execute("postgres", OutboxTable.ddl());
        postgres.execute("postgres", "CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
        postgres.requirePasswords();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void events_come_over_a_verified_connection_after_silence_and_after_a_restart_of_the_server() {
        try (RelayProcess relay = RelayProcess.run(yaml("tls", "localhost", authority))) {
            relay.awaitOutput("Relaying ");
            event("tls", "at once");
            awaitValue("tls", "at once");
            assertThat(query("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_replication USING (pid)"))
                    .isEqualTo("t");

            String quietSince = query("SELECT clock_timestamp()");
            await().atMost(LIMIT)
                    .until(
                            () -> query(
                                    "SELECT clock_timestamp() > '" + quietSince + "'::timestamptz + interval '2 s'"),
                            "t"::equals);
            event("tls", "after silence");
            awaitValue("tls", "after silence");
            assertThat(relay.output()).doesNotContain("ERROR");

            postgres.stop("fast");
            postgres.restart();
            event("tls", "after a restart");
            awaitValue("tls", "after a restart");
            assertThat(relay.output()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void a_host_that_the_certificate_is_not_for_is_refused_in_one_sentence() {
        assertRefused(
                yaml("host", "127.0.0.1", authority),
                "jdbc:postgresql://127.0.0.1:" + postgres.port()
                        + "/postgres: the server's certificate was refused for the host '127.0.0.1' (The hostname 127.0.0.1"
                        + " could not be verified",
                "). Name the host in the URL as the certificate does, or give the server one for this name.");
    }

    @Test
    void a_server_that_an_unknown_authority_vouches_for_is_refused_in_one_sentence() {
        assertRefused(
                yaml("unknown", "localhost", CertificateAuthority.create(directory, "unknown")),
                postgres.url("postgres")
                        + ": the server's certificate was refused for the host 'localhost' (SSL error: ",
                "). Set sslrootcert under connection to the certificate of the authority that issued it");
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        Path missing = directory.resolve("missing.pem");
        assertRefused(
                yaml("missing", "localhost", missing),
                postgres.url("postgres") + ": a file that can't be read (",
                missing.toString(),
                "). Check the paths under connection, and that the relay's user may read the file.");
    }

    @Test
    void check_says_the_same() {
        Clinic.Visit visit = Clinic.run(
                new dev.outbox.relay.server.check.CheckCommand(),
                "--config",
                Shop.write(yaml("checked", "127.0.0.1", authority)).toString());

        assertThat(visit.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(visit.complaints())
                .first()
                .asString()
                .startsWith("error    connection: expected to connect to jdbc:postgresql://127.0.0.1:")
                .contains(
                        "found the server's certificate was refused for the host '127.0.0.1' (The hostname 127.0.0.1 could"
                                + " not be verified",
                        "). Name the host in the URL as the certificate does");
        assertThat(visit.output()).doesNotContain(PASSWORD);
    }

    private static void assertRefused(String yaml, String... words) {
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            assertThat(relay.exitCode()).as(relay::output).isEqualTo(ExitCode.FAILED);
            assertThat(relay.output())
                    .contains("The stream can't start: Can't connect to ")
                    .contains(words)
                    .doesNotContain("\tat ", PASSWORD, "Check host");
            assertThat(relay.output().lines().filter(line -> line.contains("ERROR")))
                    .hasSize(1);
        }
    }

    private static String yaml(String stream, String host, CertificateAuthority trusted) {
        return yaml(stream, host, trusted.certificate());
    }

    private static String yaml(String stream, String host, Path trusted) {
        return """
                relay:
                  kafka:
                    bootstrap.servers: %s
                  retry: { first-delay: 100ms, longest-delay: 500ms }
                  streams:
                    %s:
                      url: %s
                      username: relay
                      password: %s
                      connection:
                        sslmode: verify-full
                        sslrootcert: %s
                      slot: %s
                      topic: "over.{aggregateType}"
                      partitions: 1
                """.formatted(
                        Servers.BROKER.bootstrapServers(),
                        stream,
                        postgres.url("postgres").replace("localhost", host),
                        PASSWORD,
                        trusted,
                        stream);
    }

    private static void awaitValue(String aggregateType, String payload) {
        new Topic("over." + aggregateType)
                .awaitRecord(record -> Topic.text(record.value()).equals('"' + payload + '"'), LIMIT);
    }

    private static void event(String aggregateType, String payload) {
        postgres.execute("postgres", """
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                VALUES (gen_random_uuid(), '%s', '1', 'happened.v1', '"%s"', now())
                """.formatted(aggregateType, payload));
    }

    private static String query(String sql) {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : "";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
