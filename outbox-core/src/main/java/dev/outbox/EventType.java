package dev.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The stable name of an event class, as consumers see it: {@code @EventType("person.registered.v1")}.
 *
 * <p>The name goes into the {@code type} column and the {@code eventType} header, and outlives every rename of the
 * class. It is not inherited: two classes are two events.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface EventType {

    /** The name, 1 to 255 characters; by convention {@code aggregate.past-tense-verb.version}. */
    String value();
}
