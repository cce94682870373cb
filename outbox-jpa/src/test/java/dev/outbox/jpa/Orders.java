package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.function.Consumer;

/** What tests of the harvest do with orders. */
final class Orders {

    private static final TestDatabase DATABASE = new TestDatabase();

    private Orders() {}

    /** In the database, and detached. */
    static Order persisted() {
        Order order = Order.create();
        DATABASE.inTransaction(em -> em.persist(order));
        return order;
    }

    /** What is in the outbox, in the order of the insertion. */
    static List<String> notes() {
        return DATABASE.query("SELECT payload ->> 'note' AS note FROM public.outbox ORDER BY ctid").stream()
                .map(row -> String.valueOf(row.get("note")))
                .toList();
    }

    /** The unit of work fails, by words of Outbox, and leaves neither event nor change. */
    static void fails(Consumer<EntityManager> work, String... message) {
        DATABASE.execute("UPDATE orders SET status = 'as it was'");
        var failure = assertThatThrownBy(() -> DATABASE.inTransaction(work));
        for (String part : message) {
            failure.hasStackTraceContaining(part);
        }
        failure.hasStackTraceContaining(OutboxException.class.getName());
        assertThat(DATABASE.rows()).isEmpty();
        assertThat(DATABASE.query("SELECT * FROM orders WHERE status <> 'as it was'"))
                .isEmpty();
    }
}
