package dev.outbox.relay.pgoutput;

import java.util.Arrays;

/**
 * The columns of one row, in the order of its {@link PgOutputMessage.Relation}: the manual's {@code TupleData}.
 *
 * <p>No value is copied at decode: what is kept is where each column begins in the array that the message came in. A tuple
 * is therefore valid for as long as nobody writes to that array. pgjdbc reads each message into an array of its own, so
 * tuples from it stay valid for as long as they are referenced, and hold the whole message in memory until then. A caller
 * that reuses its buffers takes what it needs with {@link #copy} before it reads the next message.
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

    /** Of a column with a value: its kind (one byte) and its length (four). */
    private static final int HEADER = 5;

    private static final char[] NOT_NEAR = {};
    private static final int[] NOT_FAR = {};

    private final byte[] array;
    private final int messageStart;

    /**
     * Where each column begins, with its kind, from the message's start on; no column, if the message is longer than
     * that can say. Most are not, and half the memory does.
     */
    private final char[] near;

    /** The same for a message that is longer, from the array's start on. */
    private final int[] far;

    private TupleData(byte[] array, int messageStart, char[] near, int[] far) {
        this.array = array;
        this.messageStart = messageStart;
        this.near = near;
        this.far = far;
    }

    /**
     * The manual's Int16 column count, then for each column its kind and, where there is one, its value. All of it is
     * checked here.
     */
    static TupleData read(MessageReader reader, String tuple) {
        int count = reader.count16("number of columns", 1);
        boolean isNear = reader.length() <= Character.MAX_VALUE;
        char[] near = isNear ? new char[count] : NOT_NEAR;
        int[] far = isNear ? NOT_FAR : new int[count];
        for (int i = 0; i < count; i++) {
            if (isNear) {
                near[i] = (char) (reader.position() - reader.start());
            } else {
                far[i] = reader.position();
            }
            if (isValue(reader.columnKind(tuple, i))) {
                reader.skip(reader.columnLength(tuple, i));
            }
        }
        return new TupleData(reader.array(), reader.start(), near, far);
    }

    /** Where the column begins, with its kind. */
    private int find(int column) {
        return column < near.length ? messageStart + near[column] : far[column];
    }

    private static boolean isValue(int kind) {
        return kind == TEXT || kind == BINARY;
    }

    private int lengthAt(int position) {
        return (int) MessageReader.INT32.get(array, position + 1);
    }

    /** The number of columns; key tuples too have all of them, with {@link #NULL} for those outside the key. */
    public int columnCount() {
        return near.length + far.length;
    }

    /** The manual's kind byte: {@link #NULL}, {@link #UNCHANGED_TOAST}, {@link #TEXT} or {@link #BINARY}. */
    public char kind(int column) {
        return (char) array[find(column)];
    }

    /** Whether the column is NULL. An unchanged TOASTed value is not. */
    public boolean isNull(int column) {
        return array[find(column)] == NULL;
    }

    /** Whether the column's value was sent: neither NULL nor an unchanged TOASTed value. */
    public boolean hasValue(int column) {
        return isValue(array[find(column)]);
    }

    /** The number of bytes that were sent as the column's value; 0 if none was sent. */
    public int length(int column) {
        int at = find(column);
        return isValue(array[at]) ? lengthAt(at) : 0;
    }

    /** The array that the values are in: to read from, at {@link #offset}, never to write to. */
    public byte[] array() {
        return array;
    }

    /** Where in {@link #array} the column's value begins. */
    public int offset(int column) {
        return findValue(column) + HEADER;
    }

    /** The bytes of the column's value, in an array of their own; each call makes one. */
    public byte[] copy(int column) {
        int at = findValue(column);
        int from = at + HEADER;
        return Arrays.copyOfRange(array, from, from + lengthAt(at));
    }

    /**
     * The bytes of the column's value as UTF-8: the value of any {@link #TEXT} column, and of a {@link #BINARY} one
     * whose type is character data. Each call makes a string.
     *
     * @throws MalformedMessageException if the bytes are not UTF-8
     */
    public String text(int column) {
        int at = findValue(column);
        int from = at + HEADER;
        String text = Utf8.decode(array, from, lengthAt(at));
        if (text == null) {
            throw MalformedMessageException.of(
                    "TupleData", "column " + column, from - messageStart, "UTF-8 text", "other bytes");
        }
        return text;
    }

    /** Whether the column's value is exactly these bytes: for caches keyed by bytes, without a copy. */
    public boolean contentEquals(int column, byte[] bytes) {
        int at = findValue(column);
        int from = at + HEADER;
        return Arrays.equals(array, from, from + lengthAt(at), bytes, 0, bytes.length);
    }

    private int findValue(int column) {
        int at = find(column);
        if (!isValue(array[at])) {
            throw new IllegalStateException("Column " + column + " has no value: it is "
                    + (array[at] == NULL ? "NULL" : "an unchanged TOASTed value, which the server does not send"));
        }
        return at;
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
