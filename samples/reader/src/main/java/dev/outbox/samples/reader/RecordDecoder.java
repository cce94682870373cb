package dev.outbox.samples.reader;

import dev.outbox.OutboxHeaders;
import dev.outbox.samples.cli.SampleException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads what the relay writes: the event from the headers, the person from the key, the change from the value. */
final class RecordDecoder {

    private static final String SEQUENCE = "sequence";

    private final JsonMapper json = JsonMapper.builder().build();

    ReceivedEvent envelope(ConsumerRecord<String, byte[]> record) {
        String sequence = header(record, SEQUENCE);
        try {
            return new ReceivedEvent(
                    UUID.fromString(require(record, OutboxHeaders.ID)),
                    requireKey(record),
                    sequence == null ? null : Long.valueOf(sequence),
                    record.partition(),
                    record.offset());
        } catch (IllegalArgumentException e) {
            throw malformed(record, "the header id must be a UUID and sequence a number", e);
        }
    }

    PersonEvent event(ConsumerRecord<String, byte[]> record, ReceivedEvent envelope) {
        try {
            return new PersonEvent(envelope.eventId(), UUID.fromString(envelope.aggregateId()), change(record));
        } catch (IllegalArgumentException e) {
            throw malformed(record, "the key must be a person's UUID", e);
        }
    }

    private PersonChange change(ConsumerRecord<String, byte[]> record) {
        return switch (require(record, OutboxHeaders.EVENT_TYPE)) {
            case "person.registered.v1" -> payload(record, PersonChange.Registered.class);
            case "person.moved.v1" -> payload(record, PersonChange.Moved.class);
            case "person.renamed.v1" -> payload(record, PersonChange.Renamed.class);
            case "person.deleted.v1" -> new PersonChange.Deleted();
            default -> new PersonChange.Unknown();
        };
    }

    private <T> T payload(ConsumerRecord<String, byte[]> record, Class<T> type) {
        try {
            return json.readValue(record.value(), type);
        } catch (JacksonException | IllegalArgumentException e) {
            throw malformed(record, "the value must be JSON of a " + type.getSimpleName(), null);
        }
    }

    private static String requireKey(ConsumerRecord<String, byte[]> record) {
        if (record.key() == null) {
            throw malformed(record, "it has no key", null);
        }
        return record.key();
    }

    private static String require(ConsumerRecord<String, byte[]> record, String name) {
        String value = header(record, name);
        if (value == null) {
            throw malformed(record, "the header " + name + " is missing", null);
        }
        return value;
    }

    private static @Nullable String header(ConsumerRecord<String, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static SampleException malformed(
            ConsumerRecord<String, byte[]> record, String what, @Nullable Exception cause) {
        return new SampleException(
                "The record at %s-%d offset %d is not one of the relay's: %s; give another --topic, or see who else writes to this one."
                        .formatted(record.topic(), record.partition(), record.offset(), what),
                cause);
    }
}
