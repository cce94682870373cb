/** How the streams are: one picture that log, health, status and metrics are made of. */
@NullMarked
package dev.outbox.relay.server.status;

import org.jspecify.annotations.NullMarked;
