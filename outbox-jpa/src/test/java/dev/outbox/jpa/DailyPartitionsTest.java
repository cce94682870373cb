package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The outbox with a partition for each day, and the function that makes and drops them. */
class DailyPartitionsTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @BeforeEach
    void create() {
        drop();
        database.execute(SchemaFile.OUTBOX_DAILY.sql());
    }

    @AfterEach
    void drop() {
        database.execute("DROP TABLE IF EXISTS public.outbox; DROP FUNCTION IF EXISTS public.outbox_days");
    }

    @Test
    void a_week_is_there_from_the_start_and_an_event_goes_into_its_day() {
        assertThat(partitions()).containsExactlyElementsOf(days(0, 7));

        database.inTransaction(em -> JpaOutbox.builder().build().on(em).publish("P", 1, new PersonRegistered("Ada")));
        // Midnight may have passed.
        assertThat(database.query("SELECT tableoid::regclass::text AS partition FROM public.outbox"))
                .extracting(row -> row.get("partition"))
                .isSubsetOf(partition(0), partition(-1));
    }

    @Test
    void days_ahead_are_made_and_days_that_served_their_time_dropped() {
        database.execute("SELECT public.outbox_days(9, 0)");
        assertThat(partitions()).containsExactlyElementsOf(days(0, 9));

        for (int daysAgo : new int[] {3, 2, 1}) {
            database.execute(
                    "CREATE TABLE %s PARTITION OF public.outbox FOR VALUES FROM (current_date - %d) TO (current_date - %d)"
                            .formatted(partition(-daysAgo), daysAgo, daysAgo - 1));
        }
        database.execute("SELECT public.outbox_days(0, NULL)");
        assertThat(partitions()).containsExactlyElementsOf(days(-3, 9));
        database.execute("SELECT public.outbox_days(0, 2)");
        assertThat(partitions()).containsExactlyElementsOf(days(-2, 9));
    }

    @Test
    void an_event_of_a_day_without_a_partition_is_kept_all_the_same_and_expires_with_its_day() {
        insert(20);
        insert(-20);
        assertThat(database.query("SELECT * FROM public.outbox_other_days")).hasSize(2);

        database.execute("SELECT public.outbox_days(21, 7)");
        assertThat(partitions()).doesNotContain(partition(20)).contains(partition(19), partition(21));
        assertThat(database.query("SELECT * FROM public.outbox_other_days")).hasSize(1);
    }

    @Test
    void a_day_is_the_same_for_every_session() {
        database.execute("SET timezone = 'Pacific/Kiritimati';" + " SELECT public.outbox_days(10, NULL)");
        assertThat(partitions()).containsExactlyElementsOf(days(0, 10));
        for (String time : List.of("00:00:00Z", "23:59:59.999999Z")) {
            database.execute("INSERT INTO public.outbox (id, aggregatetype, aggregateid, type, occurred_at)"
                    + " VALUES (gen_random_uuid(), 'P', '1', 'p.v1', '" + day(10) + " " + time + "')");
        }
        assertThat(database.query("SELECT * FROM public." + partition(10))).hasSize(2);
    }

    @Test
    void new_days_do_not_wait_for_writers_and_writers_do_not_wait_for_new_days() throws SQLException {
        try (Connection writer = database.connect();
                Connection job = database.connect();
                Statement write = writer.createStatement();
                Statement work = job.createStatement()) {
            writer.setAutoCommit(false);
            job.setAutoCommit(false);
            write.execute("SET lock_timeout = '2s'");
            write.execute(insertSql(0));
            work.execute("SELECT public.outbox_days(12, NULL)");
            write.execute(insertSql(0));
            writer.commit();
            job.commit();
        }
        assertThat(partitions()).contains(partition(12));
    }

    @Test
    void two_jobs_at_once_make_each_day_once() throws SQLException {
        String sql = "SELECT public.outbox_days(11, NULL)";
        try (Connection job = database.connect();
                Statement work = job.createStatement()) {
            job.setAutoCommit(false);
            work.execute(sql);
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> database.execute(sql));
            // Quickly, on the same connection: the other one waits no longer than two seconds.
            Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> {
                try (ResultSet waiting = work.executeQuery("SELECT pid FROM pg_locks WHERE NOT granted")) {
                    return waiting.next();
                }
            });
            job.commit();
            other.join();
        }
        assertThat(partitions()).containsExactlyElementsOf(days(0, 11));
    }

    @Test
    void a_drop_that_a_writer_is_in_the_way_of_gives_up_after_two_seconds_and_changes_nothing() throws SQLException {
        database.execute("CREATE TABLE outbox_20200101 PARTITION OF public.outbox"
                + " FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')");
        try (Connection writer = database.connect();
                Statement write = writer.createStatement()) {
            writer.setAutoCommit(false);
            write.execute(insertSql(0));
            assertThatThrownBy(() -> database.execute("SELECT public.outbox_days(12, 1)"))
                    .hasMessageContaining("lock timeout");
            writer.commit();
        }
        assertThat(partitions()).contains("outbox_20200101").doesNotContain(partition(12));
    }

    private static void insert(int day) {
        database.execute(insertSql(day));
    }

    private static String insertSql(int day) {
        return "INSERT INTO public.outbox (id, aggregatetype, aggregateid, type, occurred_at)"
                + " VALUES (gen_random_uuid(), 'P', '1', 'p.v1', now() + interval '" + day + " days')";
    }

    private static List<String> partitions() {
        return database
                .query("SELECT relname FROM pg_class JOIN pg_inherits ON oid = inhrelid WHERE"
                        + " inhparent = 'public.outbox'::regclass AND relname <> 'outbox_other_days' ORDER BY relname")
                .stream()
                .map(row -> String.valueOf(row.get("relname")))
                .toList();
    }

    private static List<String> days(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(DailyPartitionsTest::partition)
                .toList();
    }

    private static String partition(int day) {
        return "outbox_" + day(day).format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    private static LocalDate day(int day) {
        return LocalDate.now(ZoneOffset.UTC).plusDays(day);
    }
}
