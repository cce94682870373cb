package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two transactions at the same event: one wins, the other waits. */
@Timeout(60)
class InboxConcurrencyTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final UUID EVENT = InboxTest.event(1);

    private Connection first;
    private Connection second;

    @BeforeEach
    void connect() throws SQLException {
        database.execute("DROP TABLE IF EXISTS public.inbox;" + InboxTable.DEFAULT.ddl());
        first = transactional();
        second = transactional();
    }

    @AfterEach
    void close() throws SQLException {
        first.close();
        second.close();
        database.execute("DROP TABLE public.inbox");
    }

    @Test
    void the_second_waits_for_the_first_and_skips_when_it_commits() throws SQLException {
        assertThat(process(first)).isTrue();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> process(second));
        awaitWaiting(1);
        assertThat(waiting).isNotDone();

        first.commit();
        assertThat(waiting.join()).isFalse();
    }

    @Test
    void the_second_waits_for_the_first_and_processes_when_it_rolls_back() throws SQLException {
        assertThat(process(first)).isTrue();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> process(second));
        awaitWaiting(1);

        first.rollback();
        assertThat(waiting.join()).isTrue();
    }

    @Test
    void another_consumer_waits_for_nobody() {
        assertThat(process(first)).isTrue();
        assertThat(JdbcInbox.on(second).process("mail", EVENT, () -> {})).isTrue();
    }

    /**
     * Without one order for all, the batches would hold one end each while they wait for what lies between, and then wait
     * for each other's.
     */
    @Test
    void batches_of_the_same_events_in_different_orders_do_not_deadlock() throws SQLException {
        UUID left = InboxTest.event(1);
        UUID right = InboxTest.event(2);
        UUID between = InboxTest.event(3);
        try (Connection third = transactional()) {
            JdbcInbox.on(third).claim("billing", Set.of(between));
            CompletableFuture<Set<UUID>> one = CompletableFuture.supplyAsync(() -> claim(first, left, between, right));
            awaitWaiting(1);
            CompletableFuture<Set<UUID>> other =
                    CompletableFuture.supplyAsync(() -> claim(second, right, between, left));
            awaitWaiting(2);

            third.rollback();
            assertThat(one.join()).hasSize(3);
            assertThat(other.join()).isEmpty();
        }
    }

    @Test
    void under_repeatable_read_the_second_is_told_to_try_again() throws SQLException {
        second.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        // The snapshot is older than the first's commit.
        JdbcInbox.on(second).claim("billing", Set.of(InboxTest.event(9)));
        assertThat(process(first)).isTrue();
        first.commit();

        assertThatThrownBy(() -> process(second))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("40001", "try the transaction again");
        second.rollback();
        assertThat(process(second)).isFalse();
    }

    private static boolean process(Connection connection) {
        return JdbcInbox.on(connection).process("billing", EVENT, () -> {});
    }

    /** Commits, so that whoever waits goes on. */
    private static Set<UUID> claim(Connection connection, UUID... ids) {
        try {
            Set<UUID> claimed = JdbcInbox.on(connection).claim("billing", List.of(ids));
            connection.commit();
            return claimed;
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private static void awaitWaiting(int transactions) {
        Awaitility.await()
                .until(() -> database.query("SELECT pid FROM pg_stat_activity"
                                        + " WHERE wait_event_type = 'Lock' AND backend_type = 'client backend'")
                                .size()
                        == transactions);
    }

    private static Connection transactional() throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }
}
