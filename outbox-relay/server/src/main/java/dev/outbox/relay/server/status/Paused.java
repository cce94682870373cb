package dev.outbox.relay.server.status;

import java.time.Instant;

/**
 * That somebody has paused the stream.
 *
 * @param by who, as far as it is known
 * @param at when
 */
public record Paused(String by, Instant at) {}
