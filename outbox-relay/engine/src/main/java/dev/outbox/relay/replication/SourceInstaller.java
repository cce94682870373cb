package dev.outbox.relay.replication;

import dev.outbox.relay.check.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs {@link SetupSql}: all but the slot as an admin, the slot as the relay, which shows that the relay can. */
public final class SourceInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(SourceInstaller.class);

    /** In which a standby gets to know what its primary was told. */
    private static final long REPLAY_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Source source;
    private final Source admin;
    private final SetupSql sql;

    /** Told of each step when it is done. */
    @FunctionalInterface
    public interface Listener {

        /**
         * A step is done.
         *
         * @param made whether the thing was made now, and not there
         */
        void seen(boolean made, String what);
    }

    /**
     * For one source.
     *
     * @param admin the same database as somebody sees it who may make things
     */
    public SourceInstaller(Source source, Source admin, SetupSql sql) {
        this.source = source;
        this.admin = admin;
        this.sql = sql;
    }

    /**
     * Makes what is missing.
     *
     * @throws ReplicationException if something can't be made
     */
    public void run(Listener listener) {
        try (Connection connection = admin.connect()) {
            requireWhatIsNotMade(connection);
            for (SetupSql.Step step : sql.steps()) {
                boolean made = makeIfMissing(connection, step);
                if (made && step.equals(sql.role())) {
                    setPassword(connection);
                }
                listener.seen(made, step.what());
            }
            TableChecks table = TableChecks.of(connection, source);
            refuse(PublicationChecks.of(connection, source, table).errors());
            listener.seen(makeSlot(connection), "slot " + source.slot());
        } catch (SQLException e) {
            throw SqlErrors.onQuery(admin, "set up", e);
        }
    }

    /** Before anything is made. */
    private void requireWhatIsNotMade(Connection connection) throws SQLException {
        ServerChecks server = new ServerChecks(connection, admin);
        refuse(server.required());
        if (sql.failover()) {
            refuse(List.of(server.failover()));
        }
        boolean makesTable = sql.steps().contains(sql.table());
        TableChecks table = TableChecks.of(connection, source);
        if (!makesTable || !table.columns().isEmpty()) {
            refuse(table.findings());
        }
        if (!source.createMissing()) {
            PublicationChecks publication = PublicationChecks.of(connection, source, table);
            if (publication.isMissing() || publication.lacksTable()) {
                throw Publication.gap(source, publication);
            }
        }
    }

    private static void refuse(List<Finding> findings) {
        Preflight.refuseErrors(findings);
    }

    private boolean makeIfMissing(Connection connection, SetupSql.Step step) throws SQLException {
        if (Query.texts(connection, "SELECT coalesce(" + step.there() + ", false)")
                .get(0)
                .equals("t")) {
            return false;
        }
        try (var statement = connection.createStatement()) {
            statement.execute(step.make());
            return true;
        } catch (SQLException e) {
            throw new ReplicationException(
                    "The " + step.what() + " can't be made on " + admin.address() + " as " + admin.role() + " ("
                            + SqlErrors.message(e) + "). Run as somebody who may: " + step.make() + ";",
                    false,
                    e);
        }
    }

    /** Encrypted on this side, so that the server's log does not see it. */
    private void setPassword(Connection connection) throws SQLException {
        if (source.password() != null && !source.password().isEmpty()) {
            connection
                    .unwrap(PGConnection.class)
                    .alterUserPassword(source.role(), source.password().toCharArray(), null);
        }
    }

    private boolean makeSlot(Connection adminConnection) throws SQLException {
        try (Connection connection = connectOnceReplayed()) {
            SlotChecks slot = SlotChecks.of(connection, source);
            refuse(slot.errors());
            slot.unusable().ifPresent(unusable -> {
                throw unusable;
            });
            if (slot.exists()) {
                return false;
            }
            ServerChecks server = new ServerChecks(connection, source);
            refuse(server.required());
            if (server.isStandby()) {
                whileSnapshotsAreLogged(
                        adminConnection, () -> ReplicationSlot.createIfMissing(connection, source, sql.slotCall()));
            } else {
                ReplicationSlot.createIfMissing(connection, source, sql.slotCall());
            }
            return true;
        }
    }

    /** A standby lets a new role in when it has replayed that it exists. */
    private Connection connectOnceReplayed() {
        long deadline = System.nanoTime() + REPLAY_LIMIT_NANOS;
        while (true) {
            try {
                return source.connect();
            } catch (ReplicationException e) {
                if (source.address().equals(admin.address()) || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private interface SlotMaker {
        void make() throws SQLException;
    }

    /** A standby makes a slot at the next record of running transactions, which the primary writes now and then. */
    private void whileSnapshotsAreLogged(Connection adminConnection, SlotMaker maker) throws SQLException {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused =
                    executor.scheduleAtFixedRate(() -> logSnapshot(adminConnection), 500, 1_000, TimeUnit.MILLISECONDS);
            maker.make();
        } finally {
            executor.shutdownNow();
        }
    }

    private void logSnapshot(Connection adminConnection) {
        try (var statement = adminConnection.createStatement()) {
            statement.execute("SELECT pg_log_standby_snapshot() WHERE NOT pg_is_in_recovery()");
        } catch (SQLException e) {
            LOG.debug("No snapshot logged: {}", SqlErrors.message(e));
        }
    }
}
