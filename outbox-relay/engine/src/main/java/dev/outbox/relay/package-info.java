/**
 * The relay's engine, to be embedded in a host: it reads committed outbox rows from a logical replication slot and hands
 * them over as records; what the host has acknowledged, and nothing else, it confirms to PostgreSQL.
 *
 * <p>This package is the API. The packages below it are the engine's own and change without notice, but for
 * {@link dev.outbox.relay.pgoutput.LogSequenceNumber}.
 */
@NullMarked
package dev.outbox.relay;

import org.jspecify.annotations.NullMarked;
