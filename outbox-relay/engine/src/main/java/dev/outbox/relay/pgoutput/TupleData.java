package dev.outbox.relay.pgoutput;

import java.util.Arrays;
import java.util.Objects;

/**
 * The columns of one row, in the order of its {@link PgOutputMessage.Relation}: the manual's {@code TupleData}.
 *
 * <p>Nothing is copied at decode: a column is an offset and a length in the array that the message came in. A tuple is
 * therefore valid for as long as nobody writes to that array. pgjdbc reads each message into an array of its own, so
 * tuples from it stay valid for as long as they are referenced, and hold the whole message in memory until then. A
 * caller that reuses its buffers takes what it needs with {@link #copy} before it reads the next message.
 *
 * <p>Columns are counted from 0; a column out of range is an {@link IndexOutOfBoundsException}. The methods for values
 * ({@link #offset}, {@link #copy}, {@link #text}, {@link #contentEquals}) throw {@link IllegalStateException} where
 * there is no value: look at {@link #kind} or {@link #hasValue} first. Safe for use by many threads. Two tuples are
 * equal only if they are the same object.
 */
public final class TupleData {

    /** {@link #kind}: NULL. */
    public static final char NULL = 'n';

    /** {@link #kind}: a TOASTed value that the change left as it was; the server did not send it. */
    public static final char UNCHANGED_TOAST = 'u';

    /** {@link #kind}: a value in its type's text format. */
    public static final char TEXT = 't';

    /** {@link #kind}: a value in its type's binary format (option {@code binary}). */
    public static final char BINARY = 'b';

    /** A value is preceded by its kind (one byte) and its length (four). */
    private static final int KIND_BEFORE_VALUE = 5;

    private static final int LENGTH_OF_NULL = -1;
    private static final int LENGTH_OF_UNCHANGED = -2;

    private final byte[] array;
    private final int messageStart;
    /** For column i the offset of its value at 2i and its length at 2i+1; negative lengths stand for no value. */
    private final int[] spans;

    private TupleData(byte[] array, int messageStart, int[] spans) {
        this.array = array;
        this.messageStart = messageStart;
        this.spans = spans;
    }

    /** The manual's Int16 column count, then for each column its kind and, where there is one, its value. */
    static TupleData read(MessageReader reader, String tuple) {
        int count = reader.count16("number of columns", 1);
        int[] spans = new int[2 * count];
        for (int i = 0; i < count; i++) {
            int kind = reader.columnKind(tuple, i);
            if (kind == TEXT || kind == BINARY) {
                int length = reader.columnLength(tuple, i);
                spans[2 * i] = reader.skip(length);
                spans[2 * i + 1] = length;
            } else {
                spans[2 * i + 1] = kind == NULL ? LENGTH_OF_NULL : LENGTH_OF_UNCHANGED;
            }
        }
        return new TupleData(reader.array(), reader.start(), spans);
    }

    /** The number of columns; key tuples too have all of them, with {@link #NULL} for those outside the key. */
    public int columnCount() {
        return spans.length / 2;
    }

    /** The manual's kind byte: {@link #NULL}, {@link #UNCHANGED_TOAST}, {@link #TEXT} or {@link #BINARY}. */
    public char kind(int column) {
        int length = rawLength(column);
        if (length >= 0) {
            return (char) array[spans[2 * column] - KIND_BEFORE_VALUE];
        }
        return length == LENGTH_OF_NULL ? NULL : UNCHANGED_TOAST;
    }

    /** Whether the column is NULL. An unchanged TOASTed value is not. */
    public boolean isNull(int column) {
        return rawLength(column) == LENGTH_OF_NULL;
    }

    /** Whether the column's value was sent: neither NULL nor an unchanged TOASTed value. */
    public boolean hasValue(int column) {
        return rawLength(column) >= 0;
    }

    /** The number of bytes that were sent as the column's value; 0 if none was sent. */
    public int length(int column) {
        return Math.max(0, rawLength(column));
    }

    /** The array that the values are in: to read from, at {@link #offset}, never to write to. */
    public byte[] array() {
        return array;
    }

    /** Where in {@link #array} the column's value begins. */
    public int offset(int column) {
        requireValue(column);
        return spans[2 * column];
    }

    /** The bytes of the column's value, in an array of their own; each call makes one. */
    public byte[] copy(int column) {
        int from = offset(column);
        return Arrays.copyOfRange(array, from, from + spans[2 * column + 1]);
    }

    /**
     * The bytes of the column's value as UTF-8: the value of any {@link #TEXT} column, and of a {@link #BINARY} one
     * whose type is character data. Each call makes a string.
     *
     * @throws MalformedMessageException if the bytes are not UTF-8
     */
    public String text(int column) {
        int from = offset(column);
        String text = Utf8.decode(array, from, spans[2 * column + 1]);
        if (text == null) {
            throw MalformedMessageException.of(
                    "TupleData", "column " + column, from - messageStart, "UTF-8 text", "other bytes");
        }
        return text;
    }

    /** Whether the column's value is exactly these bytes: for caches keyed by bytes, without a copy. */
    public boolean contentEquals(int column, byte[] bytes) {
        int from = offset(column);
        return Arrays.equals(array, from, from + spans[2 * column + 1], bytes, 0, bytes.length);
    }

    private int rawLength(int column) {
        Objects.checkIndex(column, columnCount());
        return spans[2 * column + 1];
    }

    private void requireValue(int column) {
        if (!hasValue(column)) {
            throw new IllegalStateException("Column " + column + " has no value: it is "
                    + (isNull(column) ? "NULL" : "an unchanged TOASTed value, which the server does not send"));
        }
    }

    /** Kinds and lengths, such as {@code TupleData[t36 t5 n]}; never values. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("TupleData[");
        for (int i = 0; i < columnCount(); i++) {
            text.append(i == 0 ? "" : " ").append(kind(i));
            if (hasValue(i)) {
                text.append(length(i));
            }
        }
        return text.append(']').toString();
    }
}
