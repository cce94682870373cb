/** Judges what a consumer received against what was committed: no Kafka, no JDBC, so that any suite can use it. */
@NullMarked
package dev.outbox.samples.check;

import org.jspecify.annotations.NullMarked;
