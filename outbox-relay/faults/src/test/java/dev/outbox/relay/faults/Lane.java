package dev.outbox.relay.faults;

import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Servers for one case after the other, each behind a link. For one thread. */
final class Lane implements AutoCloseable {

    private static final Map<String, String> POSTGRES = Map.of(
            "shared_buffers", "32MB",
            "max_replication_slots", "40",
            "max_wal_senders", "40",
            "logging_collector", "on",
            "log_directory", "log");

    private static final Map<String, String> BROKER = Map.of(
            // Whatever has no rights set is open to everybody; a fault can take some away.
            "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found", "true",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");

    private final int version;
    private final Link postgresLink = new Link(new Random(Settings.seed()));
    private final Link brokerLink = new Link(new Random(Settings.seed()));
    private volatile PostgresServer postgres;
    private KafkaBroker broker;
    private @Nullable KafkaBroker secondBroker;

    Lane(int version) {
        this.version = version;
        this.postgres = startPostgres();
        this.broker = startBroker();
        leadToServers();
    }

    private PostgresServer startPostgres() {
        return Settings.binaries(version)
                .map(binaries -> PostgresServer.start(binaries, POSTGRES))
                .orElseGet(() -> PostgresServer.start(POSTGRES));
    }

    private KafkaBroker startBroker() {
        return KafkaBroker.behind(brokerLink.port(), BROKER);
    }

    private void leadToServers() {
        postgresLink.heal();
        brokerLink.heal();
        postgresLink.leadTo(postgres.port());
        brokerLink.leadTo(broker.proxiedPort());
        awaitBroker();
    }

    /** It answers on its own port already: now through the link as well. */
    private void awaitBroker() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:" + brokerLink.port()))) {
            admin.describeCluster().nodes().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    PostgresServer postgres() {
        return postgres;
    }

    KafkaBroker broker() {
        return broker;
    }

    /** Starts one more of the cluster. No link leads to it. */
    void startSecondBroker() {
        secondBroker = broker.another();
    }

    KafkaBroker secondBroker() {
        return Objects.requireNonNull(secondBroker, "not started");
    }

    Link postgresLink() {
        return postgresLink;
    }

    Link brokerLink() {
        return brokerLink;
    }

    /** A standby of the server, to which slots are synchronized (PostgreSQL 17), and which is the caller's to close until the lane fails over to it. */
    PostgresServer startStandby() {
        Map<String, String> settings = new HashMap<>(POSTGRES);
        settings.put("sync_replication_slots", "on");
        return PostgresServer.standbyOf(postgres, settings);
    }

    /** The link leads there from now on; the server before is closed. */
    void failOverTo(PostgresServer other) {
        PostgresServer before = postgres;
        postgres = other;
        postgresLink.leadTo(other.port());
        before.close();
    }

    /** Drops a database with its slots, so that the server keeps no log for them. */
    void drop(String database) {
        String slots = " FROM pg_replication_slots WHERE database = '" + database + "'";
        Threads.await(
                "the slots of " + database + " to be free",
                () -> isTrue("SELECT coalesce(NOT bool_or(active), true)" + slots));
        postgres.execute("postgres", "SELECT pg_drop_replication_slot(slot_name)" + slots);
        postgres.execute("postgres", "DROP DATABASE " + database + " WITH (FORCE)");
    }

    private boolean isTrue(String sql) {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** New servers in place of the ones that a fault has spoilt. */
    void renew() {
        closeServers();
        postgres = startPostgres();
        broker = startBroker();
        leadToServers();
    }

    private void closeServers() {
        postgres.close();
        if (secondBroker != null) {
            secondBroker.close();
            secondBroker = null;
        }
        broker.close();
    }

    @Override
    public void close() {
        postgresLink.close();
        brokerLink.close();
        closeServers();
    }
}
