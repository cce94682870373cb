package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An event that comes twice takes effect once, in the consumer's own transaction. */
class InboxTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final UUID EVENT = event(1);

    private final List<String> handled = new ArrayList<>();

    @BeforeEach
    void create() {
        drop();
        database.execute(InboxTable.DEFAULT.ddl());
    }

    @AfterEach
    void drop() {
        database.execute("DROP TABLE IF EXISTS public.inbox");
    }

    @Test
    void an_event_is_processed_once_for_each_consumer() {
        database.inTransaction(em -> {
            Inbox inbox = JpaInbox.on(em);
            assertThat(inbox.process("billing", EVENT, () -> handled.add("billing")))
                    .isTrue();
            assertThat(inbox.process("billing", EVENT, () -> handled.add("same transaction")))
                    .isFalse();
            assertThat(inbox.process("mail", EVENT, () -> handled.add("mail"))).isTrue();
            assertThat(inbox.process("billing", event(2), () -> handled.add("next")))
                    .isTrue();
        });
        database.inTransaction(em -> assertThat(
                        JpaInbox.on(em).process("billing", EVENT, () -> handled.add("later transaction")))
                .isFalse());
        assertThat(handled).containsExactly("billing", "mail", "next");
    }

    @Test
    void jdbc_and_jakarta_persistence_share_what_is_remembered() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            assertThat(JdbcInbox.on(connection).process("billing", EVENT, () -> handled.add("jdbc")))
                    .isTrue();
            connection.commit();
        }
        database.inTransaction(em -> assertThat(JpaInbox.on(em).process("billing", EVENT, () -> handled.add("jpa")))
                .isFalse());
        assertThat(handled).containsExactly("jdbc");
    }

    @Test
    void what_the_handler_does_commits_and_rolls_back_with_the_memory_of_it() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            JpaInbox.on(em).process("billing", EVENT, () -> em.persist(new Person("Ada")));
            em.getTransaction().rollback();
            assertThat(remembered()).isZero();
            assertThat(database.people()).isZero();

            TestDatabase.inTransaction(
                    em, any -> JpaInbox.on(em).process("billing", EVENT, () -> em.persist(new Person("Ada"))));
        }
        assertThat(remembered()).isEqualTo(1);
        assertThat(database.people()).isEqualTo(1);
    }

    @Test
    void the_handler_s_exception_comes_out_as_it_is_and_the_event_is_not_processed_even_if_the_caller_commits()
            throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Inbox inbox = JdbcInbox.on(connection);
            assertThatThrownBy(() -> inbox.process("billing", EVENT, () -> {
                        throw new IOException("printer on fire");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("printer on fire")
                    .hasNoSuppressedExceptions();
            connection.commit();

            assertThat(inbox.process("billing", EVENT, () -> handled.add("second try")))
                    .isTrue();
        }
    }

    @Test
    void a_handler_that_broke_the_transaction_is_told_first_and_the_transaction_second() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            Inbox inbox = JdbcInbox.on(connection);
            assertThatThrownBy(() -> inbox.process("billing", EVENT, () -> statement.execute("nonsense")))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("nonsense")
                    .satisfies(e -> assertThat(e.getSuppressed())
                            .singleElement()
                            .satisfies(suppressed -> assertThat(suppressed)
                                    .hasMessageContainingAll("25P02", "earlier statement of this transaction")));
            connection.commit();
        }
        assertThat(remembered()).isZero();
    }

    @Test
    void a_poll_is_claimed_by_one_statement_in_the_order_received() {
        record Received(UUID id, String text) {}
        List<Received> first = List.of(
                new Received(event(3), "three"), new Received(event(1), "one"), new Received(event(3), "three again"));
        List<Received> second = List.of(
                new Received(event(2), "two"),
                new Received(event(1), "one again"),
                new Received(event(9), "nine"),
                new Received(event(4), "four"));

        database.inTransaction(em -> assertThat(JpaInbox.on(em).claim("billing", first, Received::id))
                .extracting(Received::text)
                .containsExactly("three", "one"));
        database.calls().forget();
        database.inTransaction(em -> assertThat(JpaInbox.on(em).claim("billing", second, Received::id))
                .extracting(Received::text)
                .containsExactly("two", "nine", "four"));

        assertThat(database.calls().seen())
                .satisfiesExactly(
                        call -> assertThat(call).startsWith("prepare INSERT INTO \"public\".\"inbox\""),
                        call -> assertThat(call).isEqualTo("commit"));
    }

    @Test
    void thousands_are_claimed_at_once_and_none_is_no_statement() throws SQLException {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            ids.add(event(i));
        }
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Inbox inbox = JdbcInbox.on(connection);
            assertThat(inbox.claim("billing", ids.subList(0, 2000))).hasSize(2000);
            assertThat(inbox.claim("billing", ids)).hasSize(3000).doesNotContain(event(0), event(1999));
            connection.commit();
        }
        database.calls().forget();
        database.inTransaction(
                em -> assertThat(JpaInbox.on(em).claim("billing", List.of())).isEmpty());
        assertThat(database.calls().seen()).containsExactly("commit");
    }

    @Test
    void asking_the_inbox_flushes_nothing() {
        database.inTransaction(em -> {
            em.persist(new Person("Ada"));
            JpaInbox.on(em).claim("billing", Set.of(EVENT));
            assertThat(database.calls().seen())
                    .singleElement()
                    .asString()
                    .startsWith("prepare INSERT INTO \"public\".\"inbox\"");
        });
    }

    @Test
    void the_table_can_have_another_name_and_its_ddl_runs_twice() {
        InboxTable table = InboxTable.named("My Schema", "Seen by " + "x".repeat(55));
        database.execute("CREATE SCHEMA \"My Schema\"");
        try {
            database.execute(table.ddl());
            database.execute(table.ddl());
            for (boolean unseen : new boolean[] {true, false}) {
                database.inTransaction(em -> assertThat(JpaInbox.on(em, table).process("billing", EVENT, () -> {}))
                        .isEqualTo(unseen));
            }
            assertThat(database.query("SELECT indexname FROM pg_indexes WHERE schemaname = 'My Schema'"))
                    .extracting(row -> row.get("indexname"))
                    .anySatisfy(
                            name -> assertThat(name).startsWith("Seen by xxx").endsWith("_received_at"));
        } finally {
            database.execute("DROP SCHEMA \"My Schema\" CASCADE");
        }
        assertThat(remembered()).isZero();
        assertThat(InboxTable.named("public", "inbox"))
                .isEqualTo(InboxTable.DEFAULT)
                .isNotEqualTo(table);
    }

    private static int remembered() {
        return database.query("SELECT * FROM public.inbox").size();
    }

    static UUID event(int number) {
        return new UUID(0x7000L, number);
    }
}
