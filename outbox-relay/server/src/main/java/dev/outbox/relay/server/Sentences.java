package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;

/** Exceptions as one line each. */
public final class Sentences {

    private Sentences() {}

    /** A RelayException's own words, which are written to be read; anything else with its type, for it is unexpected. */
    public static String of(Exception error) {
        return error instanceof RelayException
                ? ended(words(error))
                : "Unexpected " + error.getClass().getSimpleName() + ": " + ended(words(error));
    }

    /** The message on one line, or the type where there is none. */
    public static String words(Throwable error) {
        String message = error.getMessage();
        return message == null || message.isBlank()
                ? error.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** The words with a full stop, unless they end with SQL to be copied. */
    public static String ended(String words) {
        return words.isEmpty() || ".?!;".indexOf(words.charAt(words.length() - 1)) < 0 ? words + "." : words;
    }
}
