package dev.outbox.relay.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes messages byte by byte, in the words of the manual's message types: Int8, Int16, Int32, Int64, String. */
final class MessageBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private MessageBytes() {}

    static MessageBytes message(char type) {
        return new MessageBytes().int8(type);
    }

    MessageBytes int8(int value) {
        bytes.write(value);
        return this;
    }

    MessageBytes int16(int value) {
        return int8(value >>> 8).int8(value);
    }

    MessageBytes int32(long value) {
        return int16((int) (value >>> 16)).int16((int) value);
    }

    MessageBytes int64(long value) {
        return int32(value >>> 32).int32(value);
    }

    MessageBytes string(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    MessageBytes hex(String value) {
        return raw(HexFormat.of().parseHex(value));
    }

    MessageBytes text(String value) {
        return value('t', value.getBytes(StandardCharsets.UTF_8));
    }

    MessageBytes binary(String hex) {
        return value('b', HexFormat.of().parseHex(hex));
    }

    MessageBytes nullColumn() {
        return int8('n');
    }

    MessageBytes unchangedToast() {
        return int8('u');
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(toBytes());
    }

    private MessageBytes value(char kind, byte[] value) {
        return int8(kind).int32(value.length).raw(value);
    }

    private MessageBytes raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }
}
