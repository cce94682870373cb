/** A REST application of Spring Boot whose changes become events: the starter is on the classpath, and that is all. */
@NullMarked
package dev.outbox.samples.spring;

import org.jspecify.annotations.NullMarked;
