package dev.outbox.relay.pgoutput;

import java.util.HexFormat;
import java.util.Locale;

/**
 * A place in PostgreSQL's write-ahead log: the manual's {@code pg_lsn}, an unsigned 64-bit byte position, ordered as
 * such. Values of different timelines, or of different servers, can be equal and yet mean different things.
 *
 * @param value the 64 bits; negative for positions from 2<sup>63</sup> on
 */
public record LogSequenceNumber(long value) implements Comparable<LogSequenceNumber> {

    /** {@code 0/0}: the server's "no position"; no record of the log begins there. */
    public static final LogSequenceNumber INVALID = new LogSequenceNumber(0);

    private static final int MAX_DIGITS = 8;

    /**
     * Reads the text form: one to eight hexadecimal digits of either case, a slash, one to eight more, nothing else;
     * what {@code pg_lsn} accepts.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static LogSequenceNumber parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !isHalf(text, 0, slash) || !isHalf(text, slash + 1, text.length())) {
            throw new IllegalArgumentException("Not a log sequence number: expected two hexadecimal numbers of one to"
                    + " eight digits with a slash between them, such as 16/B374D848, found \"" + text + "\"");
        }
        long high = HexFormat.fromHexDigitsToLong(text, 0, slash);
        long low = HexFormat.fromHexDigitsToLong(text, slash + 1, text.length());
        return new LogSequenceNumber(high << 32 | low);
    }

    private static boolean isHalf(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return to > from && to - from <= MAX_DIGITS;
    }

    /** The later of two. */
    public static LogSequenceNumber max(LogSequenceNumber a, LogSequenceNumber b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** The earlier of two. */
    public static LogSequenceNumber min(LogSequenceNumber a, LogSequenceNumber b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** How many bytes of the log lie between an earlier place and this one; 0 if the other is no earlier one. */
    public long bytesSince(LogSequenceNumber earlier) {
        return compareTo(earlier) <= 0 ? 0 : value - earlier.value;
    }

    @Override
    public int compareTo(LogSequenceNumber other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** The text form, as servers up to 18 print it: {@code 16/B374D848}, upper case and without leading zeros. */
    @Override
    public String toString() {
        String text = Integer.toHexString((int) (value >>> 32)) + '/' + Integer.toHexString((int) value);
        return text.toUpperCase(Locale.ROOT);
    }
}
