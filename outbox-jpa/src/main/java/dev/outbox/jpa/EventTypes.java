package dev.outbox.jpa;

import dev.outbox.EventType;
import dev.outbox.OutboxException;
import org.jspecify.annotations.Nullable;

/** The stable name of an event: from its class, or from the call where the class can't carry one. */
final class EventTypes {

    private EventTypes() {}

    static String of(@Nullable Object event, @Nullable String given) {
        if (event == null) {
            throw new OutboxException("The event must not be null.");
        }
        Class<?> type = event.getClass();
        EventType annotation = type.getAnnotation(EventType.class);
        if (annotation == null && given != null) {
            return given;
        }
        if (annotation == null) {
            throw new OutboxException("The event class " + type.getName() + " has no event type. Add the name that"
                    + " consumers will know it by, for example @EventType(\"person.registered.v1\"), to the class. For a class that can't have one, such as"
                    + " String or a generated class, give it with the call: options -> options.type(\"...\").");
        }
        if (given != null && !given.equals(annotation.value())) {
            throw new OutboxException("The event class " + type.getName() + " has the event type '" + annotation.value()
                    + "', and the call says '" + given + "'. An event has one name: leave the call's away.");
        }
        return annotation.value();
    }
}
