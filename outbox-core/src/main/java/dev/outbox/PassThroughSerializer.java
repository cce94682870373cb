package dev.outbox;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** For events that are serialized already. */
record PassThroughSerializer<T>(Class<T> eventClass, Function<T, byte[]> bytes, String contentType)
        implements EventSerializer {

    @Override
    public byte[] serialize(Object event) {
        if (!eventClass.isInstance(event)) {
            throw new OutboxException("This serializer passes a " + eventClass.getSimpleName()
                    + " through as it is; found " + event.getClass().getName() + ". Serialize the event first, or"
                    + " publish it to an outbox with another serializer.");
        }
        return bytes.apply(eventClass.cast(event));
    }

    static byte[] utf8(String text) {
        try {
            // Not getBytes, which puts a question mark where it can't encode.
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new OutboxException("The text holds half a surrogate pair, which UTF-8 can't express.", e);
        }
    }
}
