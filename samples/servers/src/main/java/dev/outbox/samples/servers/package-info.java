/** Real servers, embedded: PostgreSQL and a Kafka broker for the demo and for every test suite; no Docker. */
@NullMarked
package dev.outbox.samples.servers;

import org.jspecify.annotations.NullMarked;
