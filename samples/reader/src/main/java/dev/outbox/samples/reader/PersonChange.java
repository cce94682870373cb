package dev.outbox.samples.reader;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an event does to a person of the read model. */
sealed interface PersonChange {

    /** The person after the event, or null if there is none then. */
    @Nullable PersonRow apply(UUID id, @Nullable PersonRow current);

    /** Whether it needs a person who is there. */
    default boolean needsPerson() {
        return true;
    }

    /** Payload of {@code person.registered.v1}. */
    record Registered(String name, String city) implements PersonChange {

        @Override
        public PersonRow apply(UUID id, @Nullable PersonRow current) {
            return new PersonRow(id, name, city);
        }

        @Override
        public boolean needsPerson() {
            return false;
        }
    }

    /** Payload of {@code person.moved.v1}. */
    record Moved(String city) implements PersonChange {

        @Override
        public @Nullable PersonRow apply(UUID id, @Nullable PersonRow current) {
            return current == null ? null : new PersonRow(id, current.name(), city);
        }
    }

    /** Payload of {@code person.renamed.v1}. */
    record Renamed(String name) implements PersonChange {

        @Override
        public @Nullable PersonRow apply(UUID id, @Nullable PersonRow current) {
            return current == null ? null : new PersonRow(id, name, current.city());
        }
    }

    /** {@code person.deleted.v1}, whose payload tells nothing new. */
    record Deleted() implements PersonChange {

        @Override
        public @Nullable PersonRow apply(UUID id, @Nullable PersonRow current) {
            return null;
        }
    }

    /** An event of a type that this reader doesn't know: it changes nothing, and is remembered all the same. */
    record Unknown() implements PersonChange {

        @Override
        public @Nullable PersonRow apply(UUID id, @Nullable PersonRow current) {
            return current;
        }

        @Override
        public boolean needsPerson() {
            return false;
        }
    }
}
