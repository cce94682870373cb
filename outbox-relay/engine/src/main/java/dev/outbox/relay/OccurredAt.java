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

    /** {@code 2026-01-01 12:00:00.5+00} becomes {@code 2026-01-01T12:00:00.5Z}. */
    static byte[] iso(byte[] text) {
        int end = text.length - 3;
        boolean plain = end > DATE_LENGTH
                && text[DATE_LENGTH] == ' '
                && text[end] == '+'
                && text[end + 1] == '0'
                && text[end + 2] == '0';
        if (!plain) {
            return text;
        }
        byte[] iso = Arrays.copyOf(text, end + 1);
        iso[DATE_LENGTH] = 'T';
        iso[end] = 'Z';
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
