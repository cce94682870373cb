package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an inbox refuses, before any handler is called. */
@SuppressWarnings("NullAway") // Passes null as unchecked callers may.
class InboxRefusalTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final UUID EVENT = InboxTest.event(1);

    private Connection connection;

    @BeforeEach
    void create() throws SQLException {
        database.execute("DROP TABLE IF EXISTS public.inbox;" + InboxTable.DEFAULT.ddl());
        connection = database.connect();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void drop() throws SQLException {
        connection.close();
        database.execute("DROP TABLE IF EXISTS public.inbox");
    }

    @Test
    void autocommit() throws SQLException {
        connection.setAutoCommit(true);
        assertRefused(JdbcInbox.on(connection)).hasMessageContainingAll("autocommit mode", "setAutoCommit(false)");
        assertThat(database.query("SELECT * FROM public.inbox")).isEmpty();
    }

    @Test
    void a_closed_connection() throws SQLException {
        connection.close();
        assertRefused(JdbcInbox.on(connection)).hasMessageContaining("Give it an open one");
    }

    @Test
    void an_entity_manager_without_a_transaction() {
        try (EntityManager em = database.factory().createEntityManager()) {
            assertRefused(JpaInbox.on(em)).hasMessageContainingAll("No transaction is active", "@Transactional");
        }
    }

    @Test
    void a_missing_table() {
        database.execute("DROP TABLE public.inbox");
        assertRefused(JdbcInbox.on(connection))
                .hasMessageContainingAll(
                        "the inbox table public.inbox failed",
                        "42P01",
                        "dev/outbox/jpa/schema/inbox/V2__inbox.sql",
                        "InboxTable.ddl()",
                        "InboxTable.named(schema, name)")
                .hasCauseInstanceOf(SQLException.class);
    }

    @Test
    void a_table_without_its_key_for_it_would_let_duplicates_in() {
        database.execute("ALTER TABLE public.inbox DROP CONSTRAINT inbox_pkey");
        assertRefused(JdbcInbox.on(connection)).hasMessageContainingAll("42P10", "primary key (consumer, event_id)");
    }

    @Test
    void a_missing_privilege_and_what_is_to_be_granted_is_enough() throws SQLException {
        database.execute("DROP ROLE IF EXISTS consumer; CREATE ROLE consumer");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE consumer");
            connection.commit();
            assertRefused(JdbcInbox.on(connection))
                    .hasMessageContainingAll("42501", "GRANT SELECT, INSERT, DELETE ON \"public\".\"inbox\"");
            connection.rollback();

            database.execute("GRANT SELECT, INSERT, DELETE ON public.inbox TO consumer");
            Inbox inbox = JdbcInbox.on(connection);
            assertThat(inbox.process("billing", EVENT, () -> {})).isTrue();
            assertThat(inbox.expire(Duration.ofDays(1), 10)).isZero();
        } finally {
            connection.rollback();
            database.execute("DROP OWNED BY consumer; DROP ROLE consumer");
        }
    }

    @Test
    void a_read_only_transaction() throws SQLException {
        connection.setReadOnly(true);
        assertRefused(JdbcInbox.on(connection)).hasMessageContainingAll("25006", "not read-only");
    }

    @Test
    void a_consumer_without_a_name_or_with_one_that_does_not_fit() {
        Inbox inbox = JdbcInbox.on(connection);
        for (String consumer : new String[] {null, "", "  ", "a\0b"}) {
            assertThat(refusal(inbox, consumer, EVENT)).hasMessageContaining("The consumer must be a name");
        }
        assertThat(refusal(inbox, "x".repeat(256), EVENT)).hasMessageContaining("255 characters");
        assertThat(inbox.process("\uD83D\uDE80".repeat(255), EVENT, () -> {})).isTrue();
    }

    @Test
    void an_event_without_an_id() {
        Inbox inbox = JdbcInbox.on(connection);
        assertThat(refusal(inbox, "billing", null)).hasMessageContaining("header 'id'");
        assertThat(catchThrowable(() -> inbox.claim("billing", Arrays.asList(EVENT, null))))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("header 'id'");
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(Inbox inbox) {
        return assertThat(refusal(inbox, "billing", EVENT));
    }

    private static Throwable refusal(Inbox inbox, String consumer, UUID event) {
        Throwable refusal = catchThrowable(() -> inbox.process(consumer, event, () -> fail("handled")));
        assertThat(refusal).isInstanceOf(OutboxException.class);
        return refusal;
    }
}
