package dev.outbox.jpa;

import dev.outbox.EventOptions;
import dev.outbox.OutboxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the contributors of an outbox say, held to what publish itself accepts. The later contributor wins. */
record ContributedHeaders(List<HeaderContributor> contributors) {

    /** The headers chosen by the call itself, and under them the contributed ones. */
    Map<String, String> under(
            Map<String, String> chosen, Object event, String type, String aggregateType, String aggregateId) {
        if (contributors.isEmpty()) {
            return chosen;
        }
        Map<String, String> headers = new HashMap<>();
        for (HeaderContributor contributor : contributors) {
            try {
                headers.putAll(accepted(contributor.headersOf(event)));
            } catch (Exception e) {
                throw new OutboxException(
                        "The HeaderContributor %s failed with %s on event '%s' of %s %s, which is not published.%s"
                                .formatted(
                                        contributor.getClass().getName(),
                                        e.getClass().getName(),
                                        type,
                                        aggregateType,
                                        aggregateId,
                                        e instanceof OutboxException ? " " + e.getMessage() : ""),
                        e);
            }
        }
        if (chosen.containsKey("traceparent")) {
            // W3C Trace Context, section 3.3: a tracestate belongs to its traceparent, and is nothing without it.
            headers.remove("tracestate");
        }
        headers.putAll(chosen);
        return headers;
    }

    private static Map<String, String> accepted(Map<String, String> contributed) {
        // Contributors that are not checked for nullness can return null all the same.
        if ((Object) contributed == null) {
            throw new OutboxException("It returned null; it must return a map, which may be empty.");
        }
        return EventOptions.chosen(options -> contributed.forEach(options::header))
                .headers();
    }
}
