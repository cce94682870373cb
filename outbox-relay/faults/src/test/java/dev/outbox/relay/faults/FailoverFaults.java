package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import dev.outbox.relay.faults.Threads.Every;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A standby takes the place of the primary, on a new timeline. Slots come along from PostgreSQL 17 on. */
final class FailoverFaults {

    /** A new standby for each round takes its time. */
    private static final int ROUNDS = 3;

    private static final long SNAPSHOT_NANOS = 100_000_000;
    private static final int LOG_OF_THE_LOST_BRANCH = 1024 * 1024;

    private FailoverFaults() {}

    static List<Fault> all() {
        return List.of(
                failover("fail-over: to a standby that has everything")
                        .inject(FailoverFaults::switchOver)
                        .build(),
                failover("fail-over: to a standby that lacks the end of the log")
                        .expects(Expected.GAP)
                        .inject(FailoverFaults::failOver)
                        .build());
    }

    private static Fault.Builder failover(String name) {
        return Fault.named(name)
                .onVersions(version -> version >= 17)
                .atMostRounds(ROUNDS)
                .destroysServers()
                .setup(FailoverFaults::makeSlot);
    }

    private static void makeSlot(Target target) {
        target.sql("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
        target.sql("SELECT pg_create_logical_replication_slot('" + target.name() + "', 'pgoutput', failover => true)");
    }

    private static void switchOver(Target target) {
        PostgresServer standby = target.startPostgresStandby();
        synchronizeSlots(target, standby);
        target.load().pause();
        awaitReplay(target, standby);
        target.postgres().stop("fast");
        standby.promote();
        target.failOverTo(standby);
        target.load().resume();
    }

    /** The log of the lost branch goes far beyond what the new one has written when the relay looks at it. */
    private static void failOver(Target target) throws Exception {
        PostgresServer standby = target.startPostgresStandby();
        synchronizeSlots(target, standby);
        standby.detach();
        target.await(
                "the standby to receive no more",
                () -> query(standby, "SELECT 1 FROM pg_stat_wal_receiver").isEmpty());
        target.sql("SELECT pg_logical_emit_message(true, 'padding', repeat('x', " + LOG_OF_THE_LOST_BRANCH + "))");
        target.load().awaitCommits(20);
        Event last = target.load().marker();
        target.await("the lost branch to be relayed", () -> target.reader().has(last.id()));
        target.load().pause();
        target.postgres().stop("fast");
        standby.promote();
        target.failOverTo(standby);
        target.truth().exclude(gone(target));
        target.load().resume();
    }

    /** What the new primary never had. */
    private static List<Event> gone(Target target) throws Exception {
        Set<UUID> there = new HashSet<>();
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement();
                ResultSet written = statement.executeQuery("SELECT transaction FROM written")) {
            while (written.next()) {
                there.add(written.getObject(1, UUID.class));
            }
        }
        return target.load().written().stream()
                .flatMap(List::stream)
                .filter(transaction -> transaction.committed() && !there.contains(transaction.id()))
                .flatMap(transaction -> transaction.events().stream())
                .toList();
    }

    /** A slot is synchronized once it has moved, which running transactions and its confirmations make it do. */
    private static void synchronizeSlots(Target target, PostgresServer standby) {
        String slots = target.query("SELECT count(*) FROM pg_replication_slots WHERE failover");
        Every look = new Every(SNAPSHOT_NANOS, () -> {
            target.sql("SELECT pg_log_standby_snapshot()");
            target.witness();
            return query(standby, "SELECT count(*) FROM pg_replication_slots WHERE synced AND NOT temporary")
                    .equals(slots);
        });
        target.await("the slots to be on the standby", look);
    }

    private static void awaitReplay(Target target, PostgresServer standby) {
        String written = target.query("SELECT pg_current_wal_flush_lsn()");
        target.await(
                "the standby to follow",
                () -> query(standby, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'::pg_lsn")
                        .equals("t"));
    }

    private static String query(PostgresServer server, String sql) {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }
}
