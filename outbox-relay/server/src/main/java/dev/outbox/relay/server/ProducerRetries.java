package dev.outbox.relay.server;

import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;

/** How many records a producer has sent again, by its own count. */
final class ProducerRetries {

    private ProducerRetries() {}

    static LongSupplier of(Producer<?, ?> producer) {
        Metric count = producer.metrics().entrySet().stream()
                .filter(entry -> entry.getKey().name().equals("record-retry-total")
                        && entry.getKey().group().equals("producer-metrics"))
                .map(entry -> (Metric) entry.getValue())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Kafka's producer has no record-retry-total any more"));
        return () -> count.metricValue() instanceof Number number ? number.longValue() : 0;
    }
}
