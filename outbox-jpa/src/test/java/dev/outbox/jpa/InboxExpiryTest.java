package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Old entries go, a bounded number at a time. */
class InboxExpiryTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @BeforeEach
    void create() {
        database.execute("DROP TABLE IF EXISTS public.inbox;" + InboxTable.DEFAULT.ddl());
    }

    @AfterEach
    void drop() {
        database.execute("DROP TABLE public.inbox");
    }

    @Test
    void the_oldest_go_first_and_never_more_than_the_limit() {
        insert("1 hour", 5);
        insert("2 days", 3);
        insert("3 days", 2);

        assertThat(expire(Duration.ofDays(1), 2)).isEqualTo(2);
        assertThat(ages()).containsExactly("2", "2", "2", "0", "0", "0", "0", "0");
        assertThat(expire(Duration.ofDays(1), 10)).isEqualTo(3);
        assertThat(expire(Duration.ofDays(1), 10)).isZero();
        assertThat(ages()).hasSize(5);
    }

    @Test
    void an_age_is_exact_to_the_millisecond() {
        insert("90 seconds", 1);
        assertThat(expire(Duration.ofSeconds(100), 10)).isZero();
        assertThat(expire(Duration.ofMillis(89_999), 10)).isEqualTo(1);
    }

    @Test
    void a_rollback_brings_them_back() throws SQLException {
        insert("2 days", 3);
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            assertThat(JdbcInbox.on(connection).expire(Duration.ofDays(1), 10)).isEqualTo(3);
            connection.rollback();
        }
        assertThat(ages()).hasSize(3);
    }

    @Test
    void a_job_removes_them_all_in_transactions_of_bounded_size() {
        insert("2 days", 12_000);
        insert("1 hour", 10);
        database.calls().forget();

        assertThat(JdbcInbox.expire(database.dataSource(), InboxTable.DEFAULT, Duration.ofDays(1)))
                .isEqualTo(12_000);
        assertThat(ages()).hasSize(10);
        assertThat(database.calls().count("commit")).isEqualTo(3);
    }

    @Test
    void a_job_without_a_table_says_so() {
        assertThatThrownBy(() -> JdbcInbox.expire(
                        database.dataSource(), InboxTable.named("public", "nothing"), Duration.ofDays(1)))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("Expiring events", "public.nothing", "42P01")
                .hasNoSuppressedExceptions();
    }

    @Test
    void the_oldest_are_found_by_index() {
        insert("1 hour", 2000);
        database.execute("ANALYZE public.inbox");
        assertThat(database.query("EXPLAIN SELECT ctid FROM public.inbox WHERE received_at < now() - interval '1 day'"
                        + " ORDER BY received_at LIMIT 10"))
                .extracting(row -> row.get("QUERY PLAN"))
                .anySatisfy(line -> assertThat(line).contains("using inbox_received_at"));
    }

    @Test
    void an_age_or_a_limit_that_is_none_is_refused() {
        for (Duration age : List.of(Duration.ZERO, Duration.ofDays(-1))) {
            assertThatThrownBy(() -> expire(age, 10))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("positive age");
        }
        assertThatThrownBy(() -> expire(Duration.ofDays(1), 0)).hasMessageContaining("at least one");
    }

    private static int expire(Duration age, int limit) {
        int[] expired = {0};
        database.inTransaction(em -> expired[0] = JpaInbox.on(em).expire(age, limit));
        return expired[0];
    }

    private static void insert(String age, int count) {
        database.execute("INSERT INTO public.inbox SELECT 'billing', gen_random_uuid(), now() - interval '" + age
                + "' FROM generate_series(1, " + count + ")");
    }

    /** In whole days, the oldest first. */
    private static List<String> ages() {
        return database
                .query(
                        "SELECT extract(day FROM now() - received_at)::text AS age FROM public.inbox ORDER BY received_at")
                .stream()
                .map(row -> String.valueOf(row.get("age")))
                .toList();
    }
}
