package dev.outbox.relay.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What happens to the database's server. */
final class PostgresFaults {

    /** With it no segment of the log, of 16 MiB, can be filled or made. */
    private static final long LESS_THAN_A_SEGMENT = (16 << 20) - (8 << 10);

    private static final String FOREIGN_DDL = "CREATE TABLE foreign_rows (n int, text text)";
    private static final String FOREIGN_ROWS =
            "INSERT INTO foreign_rows SELECT n, repeat(md5(n::text), 8) FROM generate_series(1, %d) n";
    private static final String CONFIRMED_LSN =
            "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '%s'";
    private static final int MOST_RETAINED = 32 << 20;

    private PostgresFaults() {}

    static List<Fault> all() {
        return List.of(
                stop("immediate"),
                stop("fast"),
                Fault.named("postgres: SIGKILL of the postmaster")
                        .inject(target -> target.postgres().kill())
                        .heal(target -> target.postgres().restart())
                        .build(),
                Fault.named("postgres: SIGKILL of the walsender")
                        .inject(target -> Signals.send("KILL", awaitWalsender(target)))
                        .build(),
                Fault.named("postgres: crash without a checkpoint, the slot falls back")
                        .inject(PostgresFaults::crashUntilTheSlotFallsBack)
                        .heal(target -> target.postgresLink().heal())
                        .build(),
                Fault.named("postgres: no room for the log")
                        .inject(PostgresFaults::fillTheDisk)
                        .heal(target -> target.postgres().restart())
                        .build(),
                Fault.named("postgres: long foreign transaction")
                        .setup(target -> target.sql(FOREIGN_DDL))
                        .inject(PostgresFaults::holdForeignTransaction)
                        .tidy(target -> target.sql("TRUNCATE foreign_rows"))
                        .build(),
                Fault.named("postgres: long transaction with events")
                        .inject(PostgresFaults::holdTransactionWithEvents)
                        .build(),
                Fault.named("postgres: heavy foreign WAL")
                        .setup(target -> target.sql(FOREIGN_DDL))
                        .inject(PostgresFaults::writeForeignLog)
                        .tidy(target -> target.sql("TRUNCATE foreign_rows"))
                        .end(PostgresFaults::awaitLogToBeForgotten)
                        .build());
    }

    private static Fault stop(String mode) {
        return Fault.named("postgres: " + mode + " stop")
                .inject(target -> target.postgres().stop(mode))
                .heal(target -> target.postgres().restart())
                .build();
    }

    private static long awaitWalsender(Target target) {
        target.await("the relay to stream", () -> target.walsender().isPresent());
        return target.walsender().orElseThrow();
    }

    /**
     * The slot's place is written at a checkpoint, or when its oldest transaction has moved on. Sometimes the latter comes
     * just before the crash; then there is another one.
     */
    private static void crashUntilTheSlotFallsBack(Target target) {
        String told;
        target.sql("CHECKPOINT");
        do {
            target.postgresLink().heal();
            awaitWalsender(target);
            String before = confirmedLsn(target);
            target.load().awaitCommits(20);
            target.await(
                    "the slot to be confirmed beyond " + before, () -> isBeyond(target, confirmedLsn(target), before));
            told = confirmedLsn(target);
            target.postgres().kill();
            // So that nobody confirms anything before it is looked at.
            target.postgresLink().refuse();
            target.postgres().restart();
        } while (!isBeyond(target, told, confirmedLsn(target)));
    }

    private static String confirmedLsn(Target target) {
        return target.query(CONFIRMED_LSN.formatted(target.name()));
    }

    private static boolean isBeyond(Target target, String lsn, String other) {
        return target.query("SELECT '" + lsn + "'::pg_lsn > '" + other + "'::pg_lsn")
                .equals("t");
    }

    /** The server goes down with the next segment, and can't recover while there is no room. */
    private static void fillTheDisk(Target target) {
        target.query("SELECT pg_switch_wal()");
        target.postgres().stop("fast");
        target.postgres().restartWithFilesUpTo(LESS_THAN_A_SEGMENT);
        awaitWalsender(target);
        ProcessHandle postmaster = ProcessHandle.of(target.postgres().pid()).orElseThrow();
        target.await("the server to go down for want of room", () -> {
            writeMegabyte(target);
            return !postmaster.isAlive();
        });
    }

    private static void writeMegabyte(Target target) {
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_logical_emit_message(true, 'foreign', repeat('x', 1000000))");
        } catch (SQLException e) {
            // What was to happen has begun.
        }
    }

    /** The log is kept, and read again after a reconnect, from before it began; what is confirmed goes on beyond. */
    private static void holdForeignTransaction(Target target) throws SQLException {
        try (Connection foreign = target.connect();
                Statement statement = foreign.createStatement()) {
            foreign.setAutoCommit(false);
            statement.execute(FOREIGN_ROWS.formatted(5_000));
            reconnectMeanwhile(target);
            if (target.random().nextBoolean()) {
                foreign.commit();
            } else {
                foreign.rollback();
            }
        }
    }

    /** It was written before others that are confirmed by now, and commits behind them. */
    private static void holdTransactionWithEvents(Target target) {
        List<Event> events = List.of(
                Event.of("Order", "late", "{\"n\":1}"),
                Event.of("Person", "later", "{\"n\":2}"),
                Event.of("Order", "late", "{\"n\":3}"));
        target.load().commit(events, () -> reconnectMeanwhile(target));
    }

    private static void reconnectMeanwhile(Target target) {
        String begun = target.query("SELECT pg_current_wal_insert_lsn()");
        target.load().awaitCommits(15);
        target.sql("CHECKPOINT");
        String middle = target.query("SELECT pg_current_wal_insert_lsn()");
        target.awaitConfirmed(middle);
        String restart =
                target.query("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = '" + target.name() + "'");
        if (isBeyond(target, restart, begun)) {
            throw new AssertionError("expected the open transaction of " + begun
                    + " to hold the slot back, found that it restarts at " + restart);
        }
        target.postgresLink().reset();
        target.load().awaitCommits(15);
        target.awaitConfirmed(target.query("SELECT pg_current_wal_insert_lsn()"));
    }

    /** One transaction that is large, and many small ones. */
    private static void writeForeignLog(Target target) throws SQLException {
        try (Connection foreign = target.connect();
                Statement statement = foreign.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            statement.execute(FOREIGN_ROWS.formatted(60_000));
            for (int n = 0; n < 1_000; n++) {
                statement.execute("INSERT INTO foreign_rows VALUES (0, 'small')");
            }
        }
        target.awaitConfirmed(target.query("SELECT pg_current_wal_insert_lsn()"));
    }

    private static void awaitLogToBeForgotten(Target target) {
        target.await("the log kept for the slot to be under 32 MiB after a checkpoint", () -> {
            target.sql("CHECKPOINT");
            long retained =
                    Long.parseLong(target.query("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint"
                            + " FROM pg_replication_slots WHERE slot_name = '" + target.name() + "'"));
            return retained < MOST_RETAINED;
        });
    }
}
