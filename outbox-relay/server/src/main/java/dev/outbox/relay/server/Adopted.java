package dev.outbox.relay.server;

import dev.outbox.relay.GapRange;
import java.time.Instant;

/**
 * That somebody has accepted a gap of the stream.
 *
 * @param by the account on the machine where the command ran, as {@code user@host}
 * @param at when
 * @param range the events that may be missing for it
 */
public record Adopted(String by, Instant at, GapRange range) {}
