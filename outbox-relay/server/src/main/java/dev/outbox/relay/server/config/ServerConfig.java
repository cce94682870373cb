package dev.outbox.relay.server.config;

import java.time.Duration;
import java.util.List;

/**
 * What a relay process does. Immutable; made by {@link ConfigReader}.
 *
 * @param streams at least one, in the order of their names
 * @param shutdownTimeout how long a shutdown may wait for acknowledgements and confirmations
 * @param warnings what is odd and yet no mistake, for the log
 */
public record ServerConfig(List<StreamConfig> streams, Duration shutdownTimeout, List<String> warnings) {}
