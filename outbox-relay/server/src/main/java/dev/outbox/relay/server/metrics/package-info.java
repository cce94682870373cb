/** The streams as metrics, for Prometheus. */
@NullMarked
package dev.outbox.relay.server.metrics;

import org.jspecify.annotations.NullMarked;
