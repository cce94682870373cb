package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.RelayException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class ManyTopicsTest {

    private static final Map<String, Integer> LIMITS = Map.of("orders", 1, "people", 2, "parcels", 3);

    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    @Test
    void the_producer_is_asked_for_all_of_them_side_by_side() {
        CountDownLatch all = new CountDownLatch(LIMITS.size());
        ManyTopics topics = new ManyTopics(new Known(), () -> new Asked() {
            @Override
            void asked(String topic) throws InterruptedException {
                all.countDown();
                assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
            }
        });

        assertThat(topics.maxMessageBytes(List.of("orders", "people", "parcels")))
                .isEqualTo(LIMITS);
        assertThat(asked).isEqualTo(LIMITS.keySet());
    }

    @Test
    void one_that_the_producer_is_refused_is_for_the_first_record_to_find() {
        ManyTopics topics = new ManyTopics(new Known(), () -> new Asked() {
            @Override
            void asked(String topic) {
                throw new TopicAuthorizationException(topic);
            }
        });

        assertThat(topics.maxMessageBytes(List.of("orders", "people"))).containsOnlyKeys("orders", "people");
    }

    @Test
    void without_a_producer_there_is_nobody_to_ask() {
        assertThat(new ManyTopics(new Known(), () -> null).maxMessageBytes(List.of("orders")))
                .containsOnlyKeys("orders");
    }

    /** Knows some limits. */
    private static final class Known implements Topics.Limits {

        @Override
        public int maxMessageBytes(String topic) {
            throw new RelayException("alone", true, null);
        }

        @Override
        public Map<String, Integer> maxMessageBytes(Collection<String> topics) {
            return topics.stream().collect(Collectors.toMap(topic -> topic, LIMITS::get));
        }
    }

    /** Notes which topics it is asked for. */
    private abstract class Asked extends MockProducer<byte[], byte[]> {

        abstract void asked(String topic) throws InterruptedException;

        @Override
        public List<PartitionInfo> partitionsFor(String topic) {
            try {
                asked(topic);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            asked.add(topic);
            return List.of();
        }
    }
}
