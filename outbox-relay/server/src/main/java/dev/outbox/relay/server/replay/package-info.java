/** {@code outbox-relay replay} and {@code dead-letters}: events are sent again, at somebody's request. */
@NullMarked
package dev.outbox.relay.server.replay;

import org.jspecify.annotations.NullMarked;
