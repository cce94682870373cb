package dev.outbox.jpa.testkit;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on published events. Each step narrows them down to those that are as said, and fails where none is left,
 * with a list of all that was published: {@code published(OrderShipped.class).forAggregate("Order", id)} is about the
 * events that are both.
 *
 * <p>{@code actual} is the list of events that are left, in the order of their publishing.
 */
public final class OutboxAssert extends AbstractAssert<OutboxAssert, List<OutboxEvent>> {

    private final String source;
    private final List<OutboxEvent> all;
    private final Supplier<EventSerializer> serializer;
    private final List<String> wanted;

    OutboxAssert(
            String source,
            List<OutboxEvent> all,
            Supplier<EventSerializer> serializer,
            List<OutboxEvent> left,
            List<String> wanted) {
        super(left, OutboxAssert.class);
        this.source = source;
        this.all = all;
        this.serializer = serializer;
        this.wanted = wanted;
    }

    /** Some event of the class, which must have an {@link dev.outbox.EventType}. */
    public OutboxAssert published(Class<?> eventClass) {
        return published(Descriptions.typeOf(eventClass));
    }

    /** Some event of the type. */
    public OutboxAssert published(String eventType) {
        return narrowed("type " + eventType, event -> event.type().equals(eventType));
    }

    /** Some event of the aggregate, whose id is compared as text. */
    public OutboxAssert forAggregate(String aggregateType, Object aggregateId) {
        return narrowed("for " + aggregateType + " " + aggregateId, of(aggregateType, aggregateId));
    }

    /** Some event with the header, whatever its value. */
    public OutboxAssert withHeader(String name) {
        return narrowed("with header " + name, event -> event.headers().containsKey(name));
    }

    /** Some event with the header of this value. */
    public OutboxAssert withHeader(String name, String value) {
        return narrowed(
                "with header " + name + "=" + value,
                event -> value.equals(event.headers().get(name)));
    }

    /** Some event without the header. */
    public OutboxAssert withoutHeader(String name) {
        return narrowed("without header " + name, event -> !event.headers().containsKey(name));
    }

    /** Some event whose payload is this text, character for character. */
    public OutboxAssert withPayload(String payload) {
        return narrowed("with payload " + payload, event -> payload.equals(Descriptions.text(event)));
    }

    /**
     * Some event whose payload, as text, passes the assertions.
     *
     * @param requirements assertions of AssertJ or another library; called once for each event that is left
     */
    public OutboxAssert withPayloadSatisfying(Consumer<String> requirements) {
        List<String> failures = new ArrayList<>();
        List<OutboxEvent> left = new ArrayList<>();
        for (OutboxEvent event : actual) {
            try {
                requirements.accept(Descriptions.text(event));
                left.add(event);
            } catch (AssertionError e) {
                failures.add(event.type() + ": " + e.getMessage());
            }
        }
        List<String> described = Descriptions.plus(wanted, "with a payload that passes the assertions");
        if (left.isEmpty()) {
            failures.replaceAll(failure -> "\n" + Descriptions.indented(failure));
            fail("to have published an event:" + Descriptions.lines(described), String.join("", failures));
        }
        return next(left, described);
    }

    /** Exactly one event is left. */
    public OutboxAssert once() {
        return times(1);
    }

    /** Exactly this many events are left. */
    public OutboxAssert times(int count) {
        if (actual.size() != count) {
            String of = wanted.isEmpty() ? "" : ":" + Descriptions.lines(wanted);
            fail("to have published " + Descriptions.count(count) + of, "\nand not " + actual.size() + ",");
        }
        return this;
    }

    /** The events that are left are of these classes, in this order, and no others are. */
    public OutboxAssert inOrder(Class<?>... eventClasses) {
        List<String> types =
                Arrays.stream(eventClasses).map(Descriptions::typeOf).toList();
        if (!types.equals(actual.stream().map(OutboxEvent::type).toList())) {
            failInOrder(types);
        }
        return this;
    }

    /**
     * The events that are left are these, in this order, and no others are. Each is serialized again and compared by
     * class and payload, so a payload column of type {@code jsonb}, which spells documents its own way, can't be compared.
     */
    public OutboxAssert inOrder(Object... events) {
        List<String> expected =
                Arrays.stream(events).map(this::describedByPayload).toList();
        boolean equal = events.length == actual.size();
        for (int i = 0; equal && i < events.length; i++) {
            equal = Descriptions.isOf(actual.get(i), events[i])
                    && Arrays.equals(actual.get(i).payload(), serialized(events[i]));
        }
        if (!equal) {
            failInOrder(expected);
        }
        return this;
    }

    /** No event of the class is left. */
    public OutboxAssert notPublished(Class<?> eventClass) {
        String type = Descriptions.typeOf(eventClass);
        return none("type " + type, event -> event.type().equals(type));
    }

    /** No event of the aggregate is left. */
    public OutboxAssert nothingPublishedFor(String aggregateType, Object aggregateId) {
        return none("for " + aggregateType + " " + aggregateId, of(aggregateType, aggregateId));
    }

    /** No event at all. */
    public OutboxAssert nothingPublished() {
        if (!actual.isEmpty()) {
            fail("to have published nothing", "");
        }
        return this;
    }

    private static Predicate<OutboxEvent> of(String aggregateType, Object aggregateId) {
        String id = aggregateId.toString();
        return event -> event.aggregateType().equals(aggregateType)
                && event.aggregateId().equals(id);
    }

    private OutboxAssert narrowed(String what, Predicate<OutboxEvent> condition) {
        List<OutboxEvent> left = actual.stream().filter(condition).toList();
        List<String> described = Descriptions.plus(wanted, what);
        if (left.isEmpty()) {
            fail("to have published an event:" + Descriptions.lines(described), "");
        }
        return next(left, described);
    }

    private OutboxAssert none(String what, Predicate<OutboxEvent> condition) {
        if (actual.stream().anyMatch(condition)) {
            fail("not to have published an event:" + Descriptions.lines(Descriptions.plus(wanted, what)), "");
        }
        return this;
    }

    private OutboxAssert next(List<OutboxEvent> left, List<String> described) {
        OutboxAssert next = new OutboxAssert(source, all, serializer, left, described);
        next.info.description(info.description());
        next.info.overridingErrorMessage(info.overridingErrorMessage());
        return next;
    }

    private String describedByPayload(Object event) {
        return Descriptions.expected(event, serialized(event));
    }

    private byte[] serialized(Object event) {
        try {
            return serializer.get().serialize(event);
        } catch (Exception e) {
            throw new OutboxException(
                    "The expected event of " + event.getClass().getName() + " can't be serialized: " + e.getMessage(),
                    e);
        }
    }

    private void failInOrder(List<String> expected) {
        fail(
                "to have published, in this order and no others:" + Descriptions.numbered(expected)
                        + (wanted.isEmpty() ? "" : "\namong the events:" + Descriptions.lines(wanted)),
                "");
    }

    private void fail(String expectation, String detail) {
        failWithMessage(
                "%s",
                "\nExpecting " + source + "\n" + expectation + detail + "\nbut it published "
                        + Descriptions.published(all));
    }
}
