/** {@code outbox-relay check}: looks at everything that a stream needs, and says what is wrong. */
@NullMarked
package dev.outbox.relay.server.check;

import org.jspecify.annotations.NullMarked;
