package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicsTest {

    private static final int LIMIT = 10_000;
    private static final int LARGE = 64 * 1024 * 1024;

    private final List<String> asked = new ArrayList<>();
    private @Nullable RelayException refusal;

    @Test
    void the_size_is_at_least_what_kafka_makes_of_the_record() {
        for (int bytes : new int[] {0, 1, 63, 64, 8191, 8192, 1_000_000}) {
            RelayRecord record = record("orders", new byte[bytes]);
            assertThat(Topics.size(record)).isBetween(kafkaSize(record), kafkaSize(record) + 150);
        }
    }

    @Test
    void a_record_up_to_the_topics_limit_fits_and_a_larger_one_is_refused() {
        Topics topics = topics(LARGE);
        int overhead = (int) Topics.size(record("orders", new byte[0]));

        assertThatCode(() -> topics.requireTaken(record("orders", new byte[LIMIT - overhead])))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> topics.requireTaken(record("orders", new byte[LIMIT - overhead + 1])))
                .isInstanceOf(RelayException.class)
                .hasMessage("The event 4711 takes up to 10001 bytes as a record, and the topic orders allows 10000"
                        + " (max.message.bytes). Raise the topic's max.message.bytes to 10001 or more, and the stream"
                        + " goes on by itself.");
    }

    @Test
    void the_producers_own_limit_counts_too() {
        assertThatThrownBy(() -> topics(1000).requireTaken(record("orders", new byte[1000])))
                .hasMessageContaining(
                        "the producer allows 1000 (max.request.size). Raise max.request.size under kafka");
    }

    @Test
    void a_tombstone_has_the_size_of_its_key_and_headers() {
        assertThatCode(() -> topics(LARGE).requireTaken(record("orders", null))).doesNotThrowAnyException();
    }

    @Test
    void each_topic_is_asked_for_once() {
        Topics topics = topics(LARGE);
        for (int i = 0; i < 3; i++) {
            topics.requireTaken(record("orders", new byte[1]));
            topics.requireTaken(record("people", new byte[1]));
        }

        assertThat(asked).containsExactly("orders", "people");
    }

    @Test
    void a_topic_that_could_not_be_had_is_asked_for_again() {
        Topics topics = topics(LARGE);
        RelayException failure = new RelayException("no", true, null);
        refusal = failure;
        assertThatThrownBy(() -> topics.requireTaken(record("orders", new byte[1])))
                .isSameAs(failure);
        refusal = null;
        topics.requireTaken(record("orders", new byte[1]));

        assertThat(asked).containsExactly("orders", "orders");
    }

    @Test
    void topics_of_what_comes_next_are_asked_for_along_with_the_first_that_is_not_known() {
        Topics topics = topics(LARGE);
        topics.requireTaken(record("known", new byte[1]));
        topics.coming(() -> Stream.of("known", "orders", "people", "orders"));

        topics.requireTaken(record("orders", new byte[1]));
        topics.requireTaken(record("people", new byte[1]));
        assertThat(asked).containsExactly("known", "[orders, people]");
    }

    @Test
    void one_that_could_not_be_had_along_with_others_is_asked_for_alone_when_it_is_needed() {
        Topics topics = topics(LARGE);
        topics.coming(() -> Stream.of("orders", "missing"));
        topics.requireTaken(record("orders", new byte[1]));
        topics.requireTaken(record("missing", new byte[1]));

        assertThat(asked).containsExactly("[orders, missing]", "missing");
    }

    @Test
    void a_hundred_are_asked_for_at_once() {
        Topics topics = topics(LARGE);
        topics.coming(() -> IntStream.range(0, 250).mapToObj(i -> "topic-" + i));
        for (int i = 0; i < 250; i++) {
            topics.requireTaken(record("topic-" + i, new byte[1]));
        }

        assertThat(asked).hasSize(3);
    }

    private Topics topics(int maxRequestSize) {
        return new Topics(
                new Topics.Limits() {
                    @Override
                    public int maxMessageBytes(String topic) {
                        asked.add(topic);
                        if (refusal != null) {
                            throw refusal;
                        }
                        return LIMIT;
                    }

                    @Override
                    public Map<String, Integer> maxMessageBytes(Collection<String> topics) {
                        asked.add(topics.toString());
                        return topics.stream()
                                .filter(topic -> !topic.equals("missing"))
                                .collect(Collectors.toMap(topic -> topic, topic -> LIMIT));
                    }
                },
                maxRequestSize);
    }

    private static RelayRecord record(String topic, byte @Nullable [] value) {
        List<RelayHeader> headers = List.of(header("id", "4711"), header("größe", "ü"));
        return new RelayRecord(topic, utf8("aggregate"), value, headers, 1_700_000_000_000L);
    }

    private static long kafkaSize(RelayRecord record) {
        var headers = record.headers().stream()
                .map(header -> new RecordHeader(header.name(), header.value()))
                .toArray(RecordHeader[]::new);
        var buffer = ByteBuffer.allocate(2_000_000);
        try (var builder = new org.apache.kafka.common.record.internal.MemoryRecordsBuilder(
                buffer,
                org.apache.kafka.common.record.internal.RecordBatch.CURRENT_MAGIC_VALUE,
                org.apache.kafka.common.compress.Compression.NONE,
                TimestampType.CREATE_TIME,
                0,
                0,
                1,
                (short) 0,
                0,
                false,
                false,
                0,
                buffer.capacity())) {
            builder.append(record.timestamp(), record.key(), record.value(), headers);
            return builder.build().sizeInBytes();
        }
    }

    private static RelayHeader header(String name, String value) {
        return new RelayHeader(name, utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
