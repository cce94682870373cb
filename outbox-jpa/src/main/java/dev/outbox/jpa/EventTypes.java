package dev.outbox.jpa;

import dev.outbox.EventType;
import dev.outbox.OutboxException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The stable names of an outbox's events: from their classes, or from the call where a class can't carry one. A name is
 * no class's name, and belongs to one class, or to calls alone.
 *
 * <p>Classes are held weakly, so that none outlives its class loader by this. Safe for use by any number of threads.
 */
final class EventTypes {

    private static final int MAX_LENGTH = 255;

    /** The class that has the name, or one that was given it by a call. */
    private final Map<String, WeakReference<Class<?>>> owners = new ConcurrentHashMap<>();

    /** The name of an event, which may be published under it. */
    String accept(@Nullable Object event, @Nullable String given) {
        String name = of(event, given);
        Class<?> type = Objects.requireNonNull(event).getClass();
        WeakReference<Class<?>> owner = owners.get(name);
        if (owner == null || owner.get() != type) {
            requireStable(type, name);
            OutboxException conflict = claim(name, type);
            if (conflict != null) {
                throw conflict;
            }
        }
        return name;
    }

    /** Everything that is wrong with classes that are to be published, of sealed ones with those they permit. */
    List<String> declare(Collection<Class<?>> declared) {
        List<String> mistakes = new ArrayList<>();
        for (Class<?> type : declared) {
            // Callers that are not checked for nullness can pass null all the same.
            if ((Object) type == null) {
                mistakes.add("a class given to events(...) is null");
            } else if (type.isSealed()) {
                mistakes.addAll(declare(List.of(type.getPermittedSubclasses())));
            } else {
                try {
                    String name = of(type, null);
                    requireStable(type, name);
                    OutboxException conflict = claim(name, type);
                    if (conflict != null) {
                        throw conflict;
                    }
                } catch (OutboxException e) {
                    mistakes.add(String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
                }
            }
        }
        return mistakes;
    }

    /** The name of an event, whether it may be published or not. */
    static String of(@Nullable Object event, @Nullable String given) {
        if (event == null) {
            throw new OutboxException("The event must not be null.");
        }
        return of(event.getClass(), given);
    }

    private static String of(Class<?> type, @Nullable String given) {
        EventType annotation = type.getAnnotation(EventType.class);
        if (annotation == null && given != null) {
            return given;
        }
        if (annotation == null) {
            throw new OutboxException("The event class " + type.getName() + " has no event type. Add the name that"
                    + " consumers will know it by, for example @EventType(\"person.registered.v1\"), to the class."
                    + " For a class that can't have one, such as String or a generated class, give it with the call:"
                    + " options -> options.type(\"...\").");
        }
        if (given != null && !given.equals(annotation.value())) {
            throw new OutboxException("The event class " + type.getName() + " has the event type '" + annotation.value()
                    + "', and the call says '" + given + "'. An event has one name: leave the call's away.");
        }
        return annotation.value();
    }

    private static void requireStable(Class<?> type, String name) {
        if (name.isBlank()) {
            throw new OutboxException("The event type must not be blank, and that of " + type.getName() + " is.");
        }
        int length = name.codePointCount(0, name.length());
        if (length > MAX_LENGTH) {
            throw new OutboxException("The event type of %s may have %d characters, the column's size; found %d."
                    .formatted(type.getName(), MAX_LENGTH, length));
        }
        String simple = type.getSimpleName();
        // A suffix, as the class may have moved to another package since the name was chosen.
        if (name.equals(simple) || name.endsWith("." + simple) || name.endsWith("$" + simple)) {
            throw new OutboxException("The event type '" + name + "' is the name of the class " + type.getName()
                    + ", and would change with it under its consumers. Choose a name that outlives the class, by"
                    + " convention aggregate, past tense and version, such as \"person.registered.v1\".");
        }
    }

    private @Nullable OutboxException claim(String name, Class<?> type) {
        WeakReference<Class<?>> owner = owners.compute(
                name,
                (key, present) -> present == null || gives(present.get(), type) ? new WeakReference<>(type) : present);
        Class<?> found = owner.get();
        if (found == null || found == type || (!isAnnotated(found) && !isAnnotated(type))) {
            return null;
        }
        return new OutboxException("The event type '" + name + "' is that of two classes, " + found.getName() + " and "
                + type.getName() + ", which consumers could not tell apart. Give one of them another name, such as the"
                + " next version.");
    }

    /** Whether a name passes from one class to the other: its successor after a restart in another class loader. */
    private static boolean gives(@Nullable Class<?> from, Class<?> to) {
        return from == null || (from != to && from.getName().equals(to.getName()));
    }

    private static boolean isAnnotated(Class<?> type) {
        return type.isAnnotationPresent(EventType.class);
    }
}
