package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventOptions;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The trace goes on: from the span that is current at publish into the headers column. */
class OpenTelemetryHeadersTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final PersonRegistered EVENT = new PersonRegistered("Ada");

    @Test
    void the_current_spans_traceparent_and_tracestate_are_headers() {
        String traceparent = inSpan(span -> publish(JpaOutbox.builder().build(), options -> {}));
        assertThat(headers()).containsExactly("{\"traceparent\":\"" + traceparent + "\",\"tracestate\":\"vendor=a\"}");
        assertThat(traceparent)
                .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
                .endsWith("-01");
    }

    @Test
    void each_event_has_the_span_of_its_own_call() {
        JpaOutbox outbox = JpaOutbox.builder().build();
        List<String> spans = new ArrayList<>();
        database.inTransaction(em -> {
            for (int i = 0; i < 2; i++) {
                spans.add(inSpan(span -> outbox.on(em).publish("Person", 1, EVENT)));
            }
        });
        assertThat(database.query("SELECT headers ->> 'traceparent' AS parent FROM public.outbox ORDER BY id"))
                .extracting(row -> row.get("parent"))
                .doesNotHaveDuplicates()
                .containsExactlyElementsOf(spans);
    }

    @Test
    void without_a_current_span_there_is_no_header() {
        publish(JpaOutbox.builder().build(), options -> {});
        assertThat(headers()).containsOnlyNulls();
    }

    @Test
    void an_explicit_traceparent_beats_the_current_one_and_its_tracestate() {
        inSpan(span -> publish(JpaOutbox.builder().build(), m -> m.header("traceparent", "explicit")));
        assertThat(headers()).containsExactly("{\"traceparent\":\"explicit\"}");
    }

    @Test
    void it_can_be_switched_off() {
        inSpan(span -> publish(JpaOutbox.builder().traceContext(false).build(), options -> {}));
        assertThat(headers()).containsOnlyNulls();
    }

    @Test
    void a_table_without_headers_does_without() {
        OutboxTable table = OutboxTable.DEFAULT.without(Column.HEADERS);
        inSpan(span -> publish(JpaOutbox.builder().table(table).build(), options -> {}));
        assertThat(headers()).containsOnlyNulls();
    }

    /** The whole module, loaded anew, where no class of OpenTelemetry can be found. */
    @Test
    void without_opentelemetry_on_the_classpath_nothing_breaks() throws Exception {
        List<URL> without = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("opentelemetry")) {
                without.add(new File(entry).toURI().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(without.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Method publish = loader.loadClass(WithoutOpenTelemetry.class.getName())
                    .getDeclaredMethod("headersOfAPublishedEvent");
            assertThat(inSpan(span -> assertThat(invoke(publish)).isEqualTo(Map.of("tenant", "Dakar"))))
                    .isNotEmpty();
        }
    }

    /** Runs in another class loader, so it names nothing of OpenTelemetry. */
    static final class WithoutOpenTelemetry {

        private WithoutOpenTelemetry() {}

        static Map<String, String> headersOfAPublishedEvent() {
            Map<String, String> headers = new HashMap<>();
            JpaOutbox.builder()
                    .headers(event -> Map.of("tenant", "Dakar"))
                    .build()
                    .to(event -> headers.putAll(event.headers()))
                    .publish("Person", 1, new PersonRegistered("Ada"));
            return headers;
        }
    }

    private static Object invoke(Method method) {
        try {
            method.setAccessible(true);
            return method.invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.toString(), e);
        }
    }

    /** Runs the work in a new span of a remote parent, and returns what its traceparent must be. */
    private static String inSpan(Consumer<Span> work) {
        SpanContext parent = SpanContext.createFromRemoteParent(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.builder().put("vendor", "a").build());
        try (SdkTracerProvider tracers = SdkTracerProvider.builder().build()) {
            Span span = tracers.get("test")
                    .spanBuilder("request")
                    .setParent(Context.root().with(Span.wrap(parent)))
                    .startSpan();
            try (Scope scope = span.makeCurrent()) {
                assertThat(scope).isNotNull();
                work.accept(span);
            } finally {
                span.end();
            }
            return "00-%s-%s-01"
                    .formatted(
                            span.getSpanContext().getTraceId(),
                            span.getSpanContext().getSpanId());
        }
    }

    private static void publish(JpaOutbox outbox, Consumer<EventOptions> options) {
        database.inTransaction(em -> outbox.on(em).publish("Person", 1, EVENT, options));
    }

    private static List<@Nullable String> headers() {
        List<@Nullable String> headers = new ArrayList<>();
        database.rows().forEach(row -> headers.add(row.get("headers")));
        return headers;
    }
}
