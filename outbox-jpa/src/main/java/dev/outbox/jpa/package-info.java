/**
 * The write side: events become rows of the outbox table inside the business transaction of a Jakarta Persistence
 * application. {@link dev.outbox.jpa.JpaOutbox} is the way in.
 *
 * <p>And the consumer's side: {@link dev.outbox.jpa.Inbox} remembers which events are processed.
 */
@NullMarked
package dev.outbox.jpa;

import org.jspecify.annotations.NullMarked;
