package dev.outbox.relay.pgoutput;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * Reads the fields of one message in order, each only after its bytes are known to be there. Field names are given as
 * constants, so that a message that is well formed costs no string.
 */
final class MessageReader {

    private static final VarHandle INT16 = bigEndian(short[].class);
    static final VarHandle INT32 = bigEndian(int[].class);
    private static final VarHandle INT64 = bigEndian(long[].class);
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final byte[] array;
    private final int start;
    private final int end;
    private int position;
    private String message = "message";

    private MessageReader(byte[] array, int start, int end) {
        this.array = array;
        this.start = start;
        this.end = end;
        this.position = start;
    }

    /** Over the buffer's remaining bytes; its position and byte order stay as they are, and order is not looked at. */
    static MessageReader over(ByteBuffer buffer) {
        if (buffer.hasArray()) {
            int start = buffer.arrayOffset() + buffer.position();
            return new MessageReader(buffer.array(), start, start + buffer.remaining());
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return new MessageReader(copy, 0, copy.length);
    }

    private static VarHandle bigEndian(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.BIG_ENDIAN);
    }

    byte[] array() {
        return array;
    }

    int start() {
        return start;
    }

    /** Of the whole message, in bytes. */
    int length() {
        return end - start;
    }

    /** Where in {@link #array} the next field begins. */
    int position() {
        return position;
    }

    /** Names the message in the errors that follow. */
    MessageReader named(String name) {
        message = name;
        return this;
    }

    int int8(String field) {
        require(1, field);
        return array[position++] & 0xFF;
    }

    int int32(String field) {
        require(Integer.BYTES, field);
        int value = (int) INT32.get(array, position);
        position += Integer.BYTES;
        return value;
    }

    /** An Int32 that the server means as unsigned: an oid or a transaction id. */
    long unsigned32(String field) {
        return Integer.toUnsignedLong(int32(field));
    }

    long int64(String field) {
        require(Long.BYTES, field);
        long value = (long) INT64.get(array, position);
        position += Long.BYTES;
        return value;
    }

    LogSequenceNumber lsn(String field) {
        return new LogSequenceNumber(int64(field));
    }

    /** The manual's String: UTF-8 up to a zero byte. */
    String string(String field) {
        int from = position;
        int zero = from;
        while (zero < end && array[zero] != 0) {
            zero++;
        }
        if (zero == end) {
            throw malformed(field, from, "a string that ends in a zero byte", "none in " + (end - from) + " bytes");
        }
        String text = Utf8.decode(array, from, zero - from);
        if (text == null) {
            throw malformed(field, from, "a UTF-8 string", "other bytes");
        }
        position = zero + 1;
        return text;
    }

    /** An Int16 count of things of at least so many bytes each; whoever gets it may allocate for so many. */
    int count16(String field, int minimumBytesEach) {
        require(Short.BYTES, field);
        int count = (short) INT16.get(array, position) & 0xFFFF;
        position += Short.BYTES;
        return checkCount(field, count, Short.BYTES, minimumBytesEach);
    }

    /** As {@link #count16}, for an Int32. */
    int count32(String field, int minimumBytesEach) {
        return checkCount(field, int32(field), Integer.BYTES, minimumBytesEach);
    }

    private int checkCount(String field, int count, int width, int minimumBytesEach) {
        int most = (end - position) / minimumBytesEach;
        if (count < 0 || count > most) {
            throw malformed(
                    field, position - width, "0 to " + most + " (in " + (end - position) + " bytes)", "" + count);
        }
        return count;
    }

    /** The kind byte of a tuple's column. */
    int columnKind(String tuple, int column) {
        int kind = position < end ? array[position] : -1;
        if (kind != TupleData.TEXT
                && kind != TupleData.BINARY
                && kind != TupleData.NULL
                && kind != TupleData.UNCHANGED_TOAST) {
            String found = position < end ? byteText(array[position]) : "the message's end";
            throw malformed(tuple + ", kind of column " + column, position, "one of 'n' 'u' 't' 'b'", found);
        }
        position++;
        return kind;
    }

    /** The length of a tuple's column; leaves the position at the first of so many bytes that are there. */
    int columnLength(String tuple, int column) {
        if (!hasLengthAndBytes()) {
            throw badLength(tuple + ", length of column " + column);
        }
        return int32(tuple);
    }

    /** An Int32 length; leaves the position at the first of so many bytes that are there. */
    int length32(String field) {
        if (!hasLengthAndBytes()) {
            throw badLength(field);
        }
        return int32(field);
    }

    private boolean hasLengthAndBytes() {
        int most = end - position - Integer.BYTES;
        if (most < 0) {
            return false;
        }
        int length = (int) INT32.get(array, position);
        return length >= 0 && length <= most;
    }

    /** Steps over bytes that a length has been checked for; returns where in {@link #array} they begin. */
    int skip(int length) {
        int from = position;
        position += length;
        return from;
    }

    /** After the last field: nothing may be left. */
    void end() {
        if (position != end) {
            throw malformed("end", position, "no more bytes", (end - position) + " more");
        }
    }

    /** An error in the byte that was read last. */
    MalformedMessageException unexpectedByte(String field, String expected) {
        return malformed(field, position - 1, expected, byteText(array[position - 1]));
    }

    MalformedMessageException malformed(String field, int at, String expected, String found) {
        return MalformedMessageException.of(message, field, at - start, expected, found);
    }

    private void require(int bytes, String field) {
        if (end - position < bytes) {
            throw missing(field, bytes);
        }
    }

    private MalformedMessageException missing(String field, int bytes) {
        return malformed(field, position, bytes + " bytes", (end - position) + " before the message's end");
    }

    private MalformedMessageException badLength(String field) {
        int most = end - position - Integer.BYTES;
        if (most < 0) {
            return missing(field, Integer.BYTES);
        }
        int length = (int) INT32.get(array, position);
        return malformed(field, position, "0 to " + most + " (the bytes that remain)", Integer.toString(length));
    }

    private static String byteText(byte value) {
        String hex = "0x" + HEX.toHexDigits(value);
        return value > ' ' && value < 0x7F ? "'" + (char) value + "' (" + hex + ")" : hex;
    }
}
