package dev.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The aggregate type of an entity that records or publishes events: {@code @Aggregate("Order")}. It goes into the
 * {@code aggregatetype} column and routes to a topic, so it outlives every rename of the class. Inherited: the entities
 * of a hierarchy are one kind of aggregate unless they say otherwise.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Aggregate {

    /** The aggregate type, 1 to 255 characters, not blank. */
    String value();
}
