/** The relay's configuration: read from file, environment and system properties, checked whole, then immutable. */
@NullMarked
package dev.outbox.relay.server.config;

import org.jspecify.annotations.NullMarked;
