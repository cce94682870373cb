/** The relay beside what limits it and beside Debezium: the same backlog, the same load, the same machine. */
@NullMarked
package dev.outbox.relay.benchmarks;

import org.jspecify.annotations.NullMarked;
