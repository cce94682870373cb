package dev.outbox.relay.server;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Commands as a shell takes them, for messages that say what to run. */
public final class CommandText {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+=,-]+");

    private final Path file;

    /**
     * Commands that read one configuration.
     *
     * @param file as it was given
     */
    public CommandText(Path file) {
        this.file = file;
    }

    /** The command that relays. */
    public String run() {
        return "outbox-relay run --config " + quoted(file.toString());
    }

    /** The command that accepts a stream's gap. */
    public String adopt(String stream) {
        return "outbox-relay adopt --config " + quoted(file.toString()) + " --stream " + stream + " --accept-gap";
    }

    String resume(String stream) {
        return "outbox-relay resume --config " + quoted(file.toString()) + " --stream " + stream;
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
