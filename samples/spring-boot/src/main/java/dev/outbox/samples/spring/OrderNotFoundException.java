package dev.outbox.samples.spring;

import java.util.UUID;

final class OrderNotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OrderNotFoundException(UUID id) {
        super("There is no order " + id + ".");
    }
}
