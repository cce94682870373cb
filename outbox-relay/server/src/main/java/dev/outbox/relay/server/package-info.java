/**
 * The relay as a process of its own: the command line, the streams' threads, the Kafka host of the engine, and the way
 * down.
 */
@NullMarked
package dev.outbox.relay.server;

import org.jspecify.annotations.NullMarked;
