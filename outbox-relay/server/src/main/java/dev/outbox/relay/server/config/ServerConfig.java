package dev.outbox.relay.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a relay process does. Immutable; made by {@link ConfigReader}.
 *
 * @param streams at least one, in the order of their names
 * @param shutdownTimeout how long a shutdown may wait for acknowledgements and confirmations
 * @param admin where it answers to those who run it; empty for nowhere
 * @param warnings what is odd and yet no mistake, for the log
 */
public record ServerConfig(
        List<StreamConfig> streams, Duration shutdownTimeout, Optional<AdminConfig> admin, List<String> warnings) {}
