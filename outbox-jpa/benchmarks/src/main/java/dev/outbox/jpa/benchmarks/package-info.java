/** What an event costs the business transaction: Outbox, the limit that JDBC sets, and others, side by side. */
@NullMarked
package dev.outbox.jpa.benchmarks;

import org.jspecify.annotations.NullMarked;
