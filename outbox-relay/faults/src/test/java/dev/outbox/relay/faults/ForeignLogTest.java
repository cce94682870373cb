package dev.outbox.relay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others write on the server goes by a relay whose outbox stays empty, and the server need not keep it. */
class ForeignLogTest {

    private static final long MB = 1024 * 1024;
    private static final long MOST_LAG = MB;
    private static final long MOST_RETAINED = 32 * MB;
    private static final Duration THE_LAST = Duration.ofSeconds(30);

    /** Ten minutes of it in faults-full. */
    private static final Duration STEADY = Duration.ofSeconds(Integer.getInteger("faults.idle.seconds", 35));

    private static final Duration TICK = Duration.ofMillis(100);
    private static final String ROWS = "INSERT INTO others SELECT string_agg(md5(random()::text || i), '')"
            + " FROM generate_series(1, 600 * %1$d) i GROUP BY i / 600";
    private static final int BURST = 3_000;

    private record Sample(long atNanos, long written) {}

    @Test
    void an_empty_outbox_holds_back_none_of_the_log_that_others_write() throws Exception {
        try (Lane lane = new Lane(18);
                Target atLeastOnce = idle(lane, Mode.AT_LEAST_ONCE);
                Target exactlyOnce = idle(lane, Mode.EXACTLY_ONCE);
                Connection connection = lane.postgres().connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE others (payload text)");
            statement.execute("ALTER TABLE others ALTER payload SET STORAGE EXTERNAL");
            statement.execute(ROWS.formatted(BURST));
            Threads.await("the burst to be confirmed", () -> lag(statement) < MOST_LAG);

            long mostLag = 0;
            Deque<Sample> samples = new ArrayDeque<>();
            long end = System.nanoTime() + STEADY.toNanos();
            while (System.nanoTime() < end) {
                statement.execute(ROWS.formatted(1));
                samples.add(new Sample(System.nanoTime(), number(statement, "SELECT pg_current_wal_lsn() - '0/0'")));
                mostLag = Math.max(mostLag, lag(statement));
                Threads.last(TICK);
            }
            statement.execute("CHECKPOINT");

            long retained = number(
                    statement, "SELECT max(pg_current_wal_lsn() - restart_lsn)::bigint FROM pg_replication_slots");
            long lately = lately(samples);
            System.out.printf(
                    "faults: %d s of foreign log, %.0f KB/s: at most %d KB not confirmed; %.1f MB kept after a"
                            + " checkpoint, %.1f MB of it of the last %d s%n",
                    STEADY.toSeconds(),
                    lately / 1024.0 / Math.min(STEADY.toSeconds(), THE_LAST.toSeconds()),
                    mostLag / 1024,
                    (double) retained / MB,
                    (double) lately / MB,
                    THE_LAST.toSeconds());
            assertThat(mostLag).as("bytes not confirmed").isLessThan(MOST_LAG);
            assertThat(retained).as("bytes kept after a checkpoint").isLessThan(MOST_RETAINED + lately);
            for (Target target : List.of(atLeastOnce, exactlyOnce)) {
                assertThat(target.relay().terminate())
                        .as(target.relay()::lastWords)
                        .isZero();
            }
        }
    }

    private static Target idle(Lane lane, Mode mode) throws Exception {
        Case of = new Case(Fault.named("foreign log").build(), mode, 18);
        Target target = new Target(
                of, "idle_" + mode.name().toLowerCase(java.util.Locale.ROOT), lane, new RelayJvm(Settings.output()));
        target.startFirstRelay();
        return target;
    }

    private static long lately(Deque<Sample> samples) {
        Sample last = samples.getLast();
        return last.written()
                - samples.stream()
                        .filter(sample -> last.atNanos() - sample.atNanos() <= THE_LAST.toNanos())
                        .findFirst()
                        .orElseThrow()
                        .written();
    }

    private static long lag(Statement statement) {
        return number(
                statement, "SELECT max(pg_current_wal_lsn() - confirmed_flush_lsn)::bigint FROM pg_replication_slots");
    }

    private static long number(Statement statement, String sql) {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
