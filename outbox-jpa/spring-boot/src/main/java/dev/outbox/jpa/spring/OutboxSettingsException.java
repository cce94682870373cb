package dev.outbox.jpa.spring;

import dev.outbox.OutboxException;

/** The outbox can't be made of the application's settings; a class of its own, for {@link OutboxSettingsFailureAnalyzer}. */
final class OutboxSettingsException extends OutboxException {

    private static final long serialVersionUID = 1L;

    OutboxSettingsException(OutboxException cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }
}
