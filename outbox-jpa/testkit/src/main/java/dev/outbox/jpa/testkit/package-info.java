/**
 * For the tests of applications: an outbox that records, and assertions on what was published, recorded or in the real
 * table. {@link dev.outbox.jpa.testkit.OutboxAssertions} is the way in.
 */
@NullMarked
package dev.outbox.jpa.testkit;

import org.jspecify.annotations.NullMarked;
