package dev.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's text of a {@code timestamptz} (DateStyle ISO, TimeZone UTC, which the stream sets) as ISO-8601. What has
 * no ISO form, such as {@code infinity}, stays as it is.
 */
final class OccurredAt {

    private static final int DATE_LENGTH = "2026-01-01".length();

    private OccurredAt() {}

    /** {@code 2026-01-01 12:00:00.5+00} becomes {@code 2026-01-01T12:00:00.5Z}, in an array of its own. */
    static byte[] iso(byte[] array, int offset, int length) {
        int zone = offset + length - 3;
        boolean plain = zone > offset + DATE_LENGTH
                && array[offset + DATE_LENGTH] == ' '
                && array[zone] == '+'
                && array[zone + 1] == '0'
                && array[zone + 2] == '0';
        if (!plain) {
            return Arrays.copyOfRange(array, offset, offset + length);
        }
        byte[] iso = Arrays.copyOfRange(array, offset, zone + 1);
        iso[DATE_LENGTH] = 'T';
        iso[iso.length - 1] = 'Z';
        return iso;
    }

    /** Milliseconds since 1970 of an ISO-8601 instant, or null if the bytes are none. */
    static @Nullable Long unixMillis(byte[] iso) {
        try {
            return Instant.parse(new String(iso, StandardCharsets.US_ASCII)).toEpochMilli();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
