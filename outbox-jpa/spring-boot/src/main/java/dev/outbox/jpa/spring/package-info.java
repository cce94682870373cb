/**
 * The outbox in an application of Spring Boot: with this module on the classpath, an {@link dev.outbox.jpa.Outbox} is a
 * bean. {@link dev.outbox.jpa.spring.OutboxAutoConfiguration} says what else there is, and what gives way.
 */
@NullMarked
package dev.outbox.jpa.spring;

import org.jspecify.annotations.NullMarked;
