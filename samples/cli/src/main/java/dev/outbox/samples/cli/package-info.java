/** What the samples' commands have in common: progress, one-sentence errors, durations. */
@NullMarked
package dev.outbox.samples.cli;

import org.jspecify.annotations.NullMarked;
