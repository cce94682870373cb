package dev.outbox.samples.writer;

import java.util.UUID;

/** Another transaction deleted the person before this one got to it. */
final class PersonGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PersonGoneException(UUID id) {
        super("Person " + id + " is not known any more.");
    }
}
