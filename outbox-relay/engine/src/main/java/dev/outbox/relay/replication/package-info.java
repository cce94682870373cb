/** The PostgreSQL side of the relay: connections, checks, publication, slot and stream. The only package that knows pgjdbc. */
@NullMarked
package dev.outbox.relay.replication;

import org.jspecify.annotations.NullMarked;
