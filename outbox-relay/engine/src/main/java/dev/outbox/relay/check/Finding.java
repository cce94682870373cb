package dev.outbox.relay.check;

/**
 * What a look at one thing has found, for the person who set it up. Immutable; holds no secret.
 *
 * @param level how bad it is
 * @param subject the thing, in a word or two; the same from one look to the next
 * @param expected what should be there; empty where all is well
 * @param found what is there; no full stop
 * @param mend the statement or command that mends it, or what to do, in whole sentences; empty where nothing is to be done
 */
public record Finding(Level level, String subject, String expected, String found, String mend) {

    /** How bad it is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Events are relayed, but something is odd or will go wrong. */
        WARNING,
        /** Events are not relayed, or get lost. */
        ERROR,
        /** It could not be looked at. */
        UNKNOWN
    }

    /** All is well. */
    public static Finding ok(String subject, String found) {
        return new Finding(Level.OK, subject, "", found, "");
    }

    /** Something that works, for now. */
    public static Finding warning(String subject, String expected, String found, String mend) {
        return new Finding(Level.WARNING, subject, expected, found, mend);
    }

    /** Something that keeps events from being relayed. */
    public static Finding error(String subject, String expected, String found, String mend) {
        return new Finding(Level.ERROR, subject, expected, found, mend);
    }

    /** Something that could not be looked at, and why. */
    public static Finding unknown(String subject, String why) {
        return new Finding(Level.UNKNOWN, subject, "", "not looked at: " + why, "");
    }

    /** The same with another level. */
    public Finding as(Level other) {
        return new Finding(other, subject, expected, found, mend);
    }

    /** Without the subject: {@code Expected …, found …. What mends it.} */
    public String sentence() {
        String words = expected.isEmpty() ? found : "Expected " + expected + ", found " + found;
        return mend.isEmpty() ? words + "." : words + ". " + mend;
    }
}
