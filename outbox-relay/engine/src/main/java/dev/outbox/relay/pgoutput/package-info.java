/**
 * PostgreSQL's {@code pgoutput} protocol, version 1: bytes in, one record a message out. Written from the manual's
 * "Logical Replication Message Formats", whose words the names here are; depends on the JDK alone.
 */
@NullMarked
package dev.outbox.relay.pgoutput;

import org.jspecify.annotations.NullMarked;
