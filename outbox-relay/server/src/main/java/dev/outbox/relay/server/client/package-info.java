/** The relay's answers over HTTP, from the side of whoever asks: what the commands show. */
@NullMarked
package dev.outbox.relay.server.client;

import org.jspecify.annotations.NullMarked;
