/** Writer, relay and reader together on real servers, checked event by event. */
@NullMarked
package dev.outbox.samples.demo;

import org.jspecify.annotations.NullMarked;
