/**
 * The write side: events become rows of the outbox table inside the business transaction of a Jakarta Persistence
 * application. {@link dev.outbox.jpa.JpaOutbox} is the way in.
 */
@NullMarked
package dev.outbox.jpa;

import org.jspecify.annotations.NullMarked;
