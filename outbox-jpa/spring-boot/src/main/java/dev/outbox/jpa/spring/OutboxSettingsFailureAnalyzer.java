package dev.outbox.jpa.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two sentences, instead of a stack trace, why an application with wrong settings does not start. */
final class OutboxSettingsFailureAnalyzer extends AbstractFailureAnalyzer<OutboxSettingsException> {

    OutboxSettingsFailureAnalyzer() {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OutboxSettingsException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Change the properties outbox.table, outbox.columns.*, outbox.absent-columns, outbox.payload-type or outbox.inbox-table or"
                        + " the EventSerializer bean as said above; or make a JpaOutbox or Inbox bean, which takes their place.",
                cause);
    }
}
