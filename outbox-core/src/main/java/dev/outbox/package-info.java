/**
 * The contract that the write side and the relay share: the outbox table, the record headers, the event and its
 * serializer.
 */
@NullMarked
package dev.outbox;

import org.jspecify.annotations.NullMarked;
