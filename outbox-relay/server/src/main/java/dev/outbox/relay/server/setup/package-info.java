/** {@code outbox-relay setup} and {@code drop}: make what a stream needs, and take it away. */
@NullMarked
package dev.outbox.relay.server.setup;

import org.jspecify.annotations.NullMarked;
