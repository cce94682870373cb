/** A Kafka consumer that keeps persons in a database of its own, and applies each event once. */
@NullMarked
package dev.outbox.samples.reader;

import org.jspecify.annotations.NullMarked;
