/** The relay over HTTP: how its streams are, for people and machines, and what can be asked of them. */
@NullMarked
package dev.outbox.relay.server.admin;

import org.jspecify.annotations.NullMarked;
