/** A small domain service that publishes events through Outbox, and keeps its own account of what it committed. */
@NullMarked
package dev.outbox.samples.writer;

import org.jspecify.annotations.NullMarked;
