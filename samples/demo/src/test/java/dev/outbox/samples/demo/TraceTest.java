package dev.outbox.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventType;
import dev.outbox.OutboxTable;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** One trace from the transaction that publishes to the consumer, over table, log, relay and topic. */
class TraceTest {

    @EventType("person.traced.v1")
    record PersonTraced(String name) {}

    @Test
    void the_consumers_span_is_a_child_of_the_span_that_published() {
        try (PostgresServer postgres = PostgresServer.start();
                KafkaBroker broker = KafkaBroker.start();
                Topic topic = new Topic(broker.bootstrapServers());
                SdkTracerProvider tracers = SdkTracerProvider.builder().build()) {
            postgres.createDatabase(Source.DATABASE);
            postgres.execute(Source.DATABASE, OutboxTable.ddl());
            topic.create();
            Tracer tracer = tracers.get("test");
            try (RelayProcess relay = RelayProcess.start(postgres, broker, new Source(postgres), new Stop())) {
                relay.requireAlive();

                Span request = tracer.spanBuilder("request").startSpan();
                try (Scope scope = request.makeCurrent()) {
                    assertThat(scope).isNotNull();
                    publish(postgres);
                } finally {
                    request.end();
                }

                Context sent = W3CTraceContextPropagator.getInstance()
                        .extract(Context.root(), received(broker).headers(), new RecordHeaders());
                Span handled = tracer.spanBuilder("handle")
                        .setSpanKind(SpanKind.CONSUMER)
                        .setParent(sent)
                        .startSpan();
                handled.end();

                assertThat(handled.getSpanContext().getTraceId())
                        .isEqualTo(request.getSpanContext().getTraceId());
                assertThat(((ReadableSpan) handled).getParentSpanContext().getSpanId())
                        .isEqualTo(request.getSpanContext().getSpanId());
            }
        }
    }

    private static void publish(PostgresServer postgres) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(postgres.url(Source.DATABASE));
        dataSource.setUser(postgres.user());
        try (EntityManagerFactory factory = new PersistenceConfiguration(Source.DATABASE)
                        .property("jakarta.persistence.nonJtaDataSource", dataSource)
                        .createEntityManagerFactory();
                EntityManager em = factory.createEntityManager()) {
            em.getTransaction().begin();
            JpaOutbox.builder().build().on(em).publish("Person", 1, new PersonTraced("Ada"));
            em.getTransaction().commit();
        }
    }

    private static ConsumerRecord<byte[], byte[]> received(KafkaBroker broker) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(Topic.NAME).stream()
                    .map(partition -> new TopicPartition(Topic.NAME, partition.partition()))
                    .toList());
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return !records.isEmpty();
            });
        }
        assertThat(records).hasSize(1);
        return records.get(0);
    }

    /** How a consumer reads the trace context: the headers are plain UTF-8 under the names of W3C Trace Context. */
    private static final class RecordHeaders implements TextMapGetter<Headers> {

        @Override
        public Iterable<String> keys(Headers headers) {
            return StreamSupport.stream(headers.spliterator(), false)
                    .map(Header::key)
                    .toList();
        }

        @Override
        public @Nullable String get(Headers headers, String name) {
            Header header = headers.lastHeader(name);
            return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    }
}
