/** What is measured as a process of its own and is not the relay: the smallest programs there can be, and Debezium. */
@NullMarked
package dev.outbox.relay.benchmarks.process;

import org.jspecify.annotations.NullMarked;
