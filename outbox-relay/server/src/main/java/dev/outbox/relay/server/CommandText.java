package dev.outbox.relay.server;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Commands as a shell takes them, for messages that say what to run. */
final class CommandText {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+=,-]+");

    private final Path file;

    /** @param file the configuration, as it was given */
    CommandText(Path file) {
        this.file = file;
    }

    String run() {
        return "outbox-relay run --config " + quoted(file.toString());
    }

    String adopt(String stream) {
        return "outbox-relay adopt --config " + quoted(file.toString()) + " --stream " + stream + " --accept-gap";
    }

    String resume(String stream) {
        return "outbox-relay resume --config " + quoted(file.toString()) + " --stream " + stream;
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
