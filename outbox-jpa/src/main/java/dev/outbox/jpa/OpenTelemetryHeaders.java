package dev.outbox.jpa;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The current span as W3C Trace Context, {@code traceparent} and {@code tracestate}. The only class that knows
 * OpenTelemetry, so that applications without it need none of it.
 */
final class OpenTelemetryHeaders implements HeaderContributor {

    private final W3CTraceContextPropagator propagator;

    private OpenTelemetryHeaders(W3CTraceContextPropagator propagator) {
        this.propagator = propagator;
    }

    /** The contributor, or none where {@code io.opentelemetry:opentelemetry-api} is not on the classpath. */
    static Optional<HeaderContributor> ifOnClasspath() {
        try {
            return Optional.of(new OpenTelemetryHeaders(W3CTraceContextPropagator.getInstance()));
        } catch (NoClassDefFoundError e) {
            return Optional.empty();
        }
    }

    @Override
    public Map<String, String> headersOf(Object event) {
        Context context = Context.current();
        if (!Span.fromContext(context).getSpanContext().isValid()) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        propagator.inject(context, headers, (carrier, name, value) -> headers.put(name, value));
        return headers;
    }
}
