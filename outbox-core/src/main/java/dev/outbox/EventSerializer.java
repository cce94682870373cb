package dev.outbox;

/**
 * Turns an event into the bytes that consumers receive, unchanged, as the value of the Kafka record.
 *
 * <p>An existing mapper fits in as it is: {@code objectMapper::writeValueAsBytes}, of Jackson 2 as of Jackson 3.
 * Implementations are called on the thread that publishes, by several threads at once.
 */
@FunctionalInterface
public interface EventSerializer {

    /**
     * Serializes one event.
     *
     * @param event the event as given to publish; never null
     * @return its bytes; never null
     * @throws Exception whatever goes wrong; it fails the call of publish, wrapped in an {@link OutboxException} that names
     *     event type and aggregate
     */
    byte[] serialize(Object event) throws Exception;

    /** The media type of the bytes, carried to consumers as the {@code contentType} header. */
    default String contentType() {
        return PayloadType.JSON.contentType();
    }

    /**
     * Passes text through, as UTF-8: events are published as {@code String}.
     *
     * @param contentType the media type to tell consumers, for example {@code application/json} or {@code text/plain}
     */
    static EventSerializer text(String contentType) {
        return new PassThroughSerializer<>(String.class, PassThroughSerializer::utf8, contentType);
    }

    /**
     * Passes bytes through: events are published as {@code byte[]}, which nobody changes during the call.
     *
     * @param contentType the media type to tell consumers, for example {@code application/avro}
     */
    static EventSerializer bytes(String contentType) {
        return new PassThroughSerializer<>(byte[].class, bytes -> bytes, contentType);
    }

    /**
     * JSON by Jackson 3, which must be on the classpath, with its defaults and the modules that it finds there.
     *
     * @throws OutboxException if Jackson 3 is not on the classpath
     */
    static EventSerializer json() {
        try {
            return JacksonEventSerializer.withDefaults();
        } catch (NoClassDefFoundError e) {
            throw new OutboxException(
                    "The default EventSerializer needs Jackson 3 (tools.jackson.core:jackson-databind), which is not on"
                            + " the classpath. Add it, or give a serializer of your own,"
                            + " for example objectMapper::writeValueAsBytes.",
                    e);
        }
    }
}
