package dev.outbox.relay.server.replay;

import dev.outbox.relay.server.ConfigOption;
import dev.outbox.relay.server.StreamsOption;
import dev.outbox.relay.server.config.StreamConfig;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which dead letters are meant: those that meet every condition that is given. */
final class LetterOptions {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = {"-s", "--stream"},
            required = true,
            paramLabel = "NAME",
            description = "The stream's name in the configuration.")
    private @Nullable String stream;

    @Option(names = "--id", paramLabel = "ID", description = "Of the event of this id; can be given several times.")
    private Set<String> ids = new LinkedHashSet<>();

    @Option(
            names = "--offset",
            paramLabel = "PARTITION:OFFSET",
            description = "The one at this place, as list shows it; can be given several times.")
    private Set<String> places = new LinkedHashSet<>();

    @Option(names = "--reason", paramLabel = "REASON", description = "row, size, timestamp, topic or record.")
    private @Nullable String reason;

    StreamConfig stream() {
        return StreamsOption.named(config.readBesideLog(), Objects.requireNonNull(stream, "picocli sets it"));
    }

    boolean isEmpty() {
        return ids.isEmpty() && places.isEmpty() && reason == null;
    }

    boolean matches(Letter letter) {
        return (ids.isEmpty() || ids.contains(letter.eventId()))
                && (places.isEmpty() || places.contains(letter.place()))
                && (reason == null || reason.equals(letter.reason()));
    }
}
