/** Which topic an event goes to. */
@NullMarked
package dev.outbox.relay.route;

import org.jspecify.annotations.NullMarked;
