package dev.outbox.jpa;

import dev.outbox.EventType;
import dev.outbox.OutboxException;
import org.jspecify.annotations.Nullable;

/** The stable name of an event, read from its class. */
final class EventTypes {

    private EventTypes() {}

    static String of(@Nullable Object event) {
        if (event == null) {
            throw new OutboxException("The event must not be null.");
        }
        Class<?> type = event.getClass();
        EventType annotation = type.getAnnotation(EventType.class);
        if (annotation == null) {
            throw new OutboxException("The event class " + type.getName() + " has no event type. Add the name that"
                    + " consumers will know it by, for example @EventType(\"person.registered.v1\"), to the class.");
        }
        return annotation.value();
    }
}
