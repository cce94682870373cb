package dev.outbox.relay.server.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times and sizes with their units. */
public final class Units {

    /** In words, for messages. */
    public static final String A_DURATION = "a time with its unit, such as 500ms, 8s, 2m or 1h";
    /** In words, for messages. */
    public static final String A_SIZE = "a number of bytes, or one with its unit, such as 512KiB, 32MiB or 1GiB";

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");

    private Units() {}

    /** A time such as {@code 8s}, or in ISO-8601 such as {@code PT8S}; empty if it is neither. */
    public static Optional<Duration> duration(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        try {
            if (!matcher.matches()) {
                return Optional.of(Duration.parse(text)).filter(duration -> !duration.isNegative());
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Optional.of(Duration.ofMillis(number));
                case "s" -> Optional.of(Duration.ofSeconds(number));
                case "m" -> Optional.of(Duration.ofMinutes(number));
                case "h" -> Optional.of(Duration.ofHours(number));
                default -> Optional.empty();
            };
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** A size in bytes such as {@code 32MiB}; empty if it is none. */
    public static Optional<Long> bytes(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        try {
            return switch (matcher.group(2)) {
                case "", "B" -> Optional.of(number);
                case "KiB" -> Optional.of(Math.multiplyExact(number, 1L << 10));
                case "MiB" -> Optional.of(Math.multiplyExact(number, 1L << 20));
                case "GiB" -> Optional.of(Math.multiplyExact(number, 1L << 30));
                default -> Optional.empty();
            };
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }
}
