package dev.outbox.jpa.testkit;

import java.util.List;

/**
 * Assertions on what was published, to be imported statically beside AssertJ's own:
 *
 * <pre>{@code
 * assertThat(outbox).published(OrderShipped.class).forAggregate("Order", id).withHeader("tenant", "Dakar").once();
 * assertThat(outbox).forAggregate("Order", id).inOrder(OrderPlaced.class, OrderShipped.class);
 * assertThat(OutboxTableContents.read(connection, outbox)).nothingPublished();
 * }</pre>
 */
public final class OutboxAssertions {

    private OutboxAssertions() {}

    /** What a {@link RecordingOutbox} has recorded up to now. */
    public static OutboxAssert assertThat(RecordingOutbox outbox) {
        return new OutboxAssert(
                "the recording outbox", outbox.events(), outbox::serializer, outbox.events(), List.of());
    }

    /** What was in the table when it was read. */
    public static OutboxAssert assertThat(OutboxTableContents contents) {
        return new OutboxAssert(
                "the table " + contents.table(), contents.events(), contents::serializer, contents.events(), List.of());
    }
}
