package dev.outbox.jpa.spring;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two sentences, instead of a stack trace, why an application with wrong settings does not start. */
final class OutboxSettingsFailureAnalyzer extends AbstractFailureAnalyzer<OutboxSettingsException> {

    private static final String NAMES = Arrays.stream(OutboxProperties.class.getRecordComponents())
            .map(component -> "outbox." + DataObjectPropertyName.toDashedForm(component.getName()))
            .collect(Collectors.joining(", "));

    OutboxSettingsFailureAnalyzer() {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OutboxSettingsException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Change the table, the properties (" + NAMES + "), the classes or the beans as said above; or"
                        + " make a JpaOutbox or Inbox bean, which takes the place of the properties.",
                cause);
    }
}
