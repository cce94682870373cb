package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.PayloadType;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The last line of defence: a provider that commits without having asked for what it was told of. */
class PendingEventsTest {

    private final PendingEvents pending = new PendingEvents();

    @Test
    void events_that_a_commit_has_passed_over_are_never_lost_silently() {
        add();
        assertThatThrownBy(() -> pending.completed(true))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("[person.registered.v1] are not written")
                .hasMessageContaining("is committed");
        assertThatCode(() -> pending.completed(true)).doesNotThrowAnyException();
    }

    @Test
    void events_of_a_rollback_are_forgotten() {
        add();
        assertThatCode(() -> pending.completed(false)).doesNotThrowAnyException();
        assertThatCode(() -> pending.completed(true)).doesNotThrowAnyException();
    }

    private void add() {
        UUID id = UUID.randomUUID();
        byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
        OutboxEvent event =
                new OutboxEvent(id, "Person", "1", "person.registered.v1", payload, Map.of(), Instant.EPOCH);
        pending.add(
                NEVER_ASKING,
                new OutboxInsert(OutboxTable.DEFAULT, PayloadType.JSON, Retention.KEEP),
                PendingRow.of(id, OutboxRow.of(event, payload, PayloadType.JSON, Map.of())));
    }

    private static final CollectingTransaction NEVER_ASKING = new CollectingTransaction() {
        @Override
        public boolean maybeTooLate() {
            return false;
        }

        @Override
        public Runnable onCompletion(Completion completion) {
            return () -> {};
        }

        @Override
        public void work(Consumer<Connection> work) {
            throw new AssertionError("nothing is written");
        }
    };
}
