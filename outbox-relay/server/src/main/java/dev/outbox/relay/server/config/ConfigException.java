package dev.outbox.relay.server.config;

import java.util.List;

/** The configuration can't be used. Carries every mistake found, each for itself a sentence with its full key. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> mistakes;

    ConfigException(List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** Every mistake, in the order of the configuration; never empty. */
    public List<String> mistakes() {
        return mistakes;
    }
}
