package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventType;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A name outlives its class, and belongs to one. */
class EventNamesTest {

    private final List<OutboxEvent> published = new ArrayList<>();
    private final Outbox outbox = JpaOutbox.builder().build().to(published::add);

    @EventType("order.paid.v1")
    record Paid(String by) {}

    @EventType("order.paid.v1")
    record Settled(String by) {}

    @EventType("SimplyNamed")
    record SimplyNamed() {}

    @EventType("dev.outbox.jpa.EventNamesTest$Binary")
    record Binary() {}

    @EventType("dev.outbox.jpa.EventNamesTest.Canonical")
    record Canonical() {}

    @EventType("com.acme.before.the.move.Moved")
    record Moved() {}

    @EventType("person.registered.v1")
    record RegisteredElsewhere() {}

    sealed interface OrderEvent {}

    @EventType("order.opened.v1")
    record Opened() implements OrderEvent {}

    record Unnamed() implements OrderEvent {}

    @Test
    void a_class_name_is_refused_at_the_publish_with_what_to_do() {
        for (Object event : List.of(new SimplyNamed(), new Binary(), new Canonical(), new Moved())) {
            assertThatThrownBy(() -> outbox.publish("Order", 1, event))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContainingAll(
                            "is the name of the class " + event.getClass().getName(),
                            "Choose a name that outlives the class",
                            "\"person.registered.v1\"");
        }
        assertThat(published).isEmpty();
    }

    @Test
    void a_class_name_that_the_call_gives_is_refused_too() {
        for (String name : List.of("Unnamed", Unnamed.class.getName(), "shop.Unnamed")) {
            assertThatThrownBy(() -> outbox.publish("Order", 1, new Unnamed(), m -> m.type(name)))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("is the name of the class");
        }
        outbox.publish("Order", 1, new Unnamed(), m -> m.type("order.unnamed.v1"));
        outbox.publish("Order", 1, new Unnamed(), m -> m.type("order.renamed.v1"));
        assertThat(published).hasSize(2);
    }

    @Test
    void classes_that_are_known_at_the_start_are_held_against_each_other_there() {
        assertThatThrownBy(() -> JpaOutbox.builder()
                        .events(Paid.class, Settled.class, Paid.class)
                        .events(OrderEvent.class, SimplyNamed.class)
                        .build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll(
                        "'order.paid.v1' is that of two classes, " + Paid.class.getName() + " and "
                                + Settled.class.getName(),
                        "Give one of them another name",
                        Unnamed.class.getName() + " has no event type",
                        "'SimplyNamed' is the name of the class");
        JpaOutbox.builder().events(Paid.class, Paid.class, Opened.class).build();
    }

    @Test
    void the_second_class_of_a_name_is_refused_at_its_first_publish() {
        outbox.publish("Order", 1, new Paid("card"));
        outbox.publish("Order", 1, new Paid("cash"));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> outbox.publish("Order", 1, new Settled("card")))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContainingAll(
                            "'order.paid.v1' is that of two classes", Paid.class.getName(), Settled.class.getName());
        }
        outbox.publish("Order", 1, new Paid("card"));
        assertThat(published).hasSize(3);
    }

    @Test
    void a_class_declared_at_the_start_owns_its_name() {
        Outbox declared = JpaOutbox.builder().events(Paid.class).build().to(published::add);
        assertThatThrownBy(() -> declared.publish("Order", 1, new Settled("card")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("is that of two classes");
    }

    @Test
    void a_name_is_given_by_calls_or_by_a_class_and_not_by_both() {
        outbox.publish("Order", 1, Map.of("by", "card"), m -> m.type("order.paid.v1"));
        outbox.publish("Order", 1, Map.of("by", "card", "at", "noon"), m -> m.type("order.paid.v1"));
        assertThatThrownBy(() -> outbox.publish("Order", 1, new Paid("card")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("is that of two classes");

        Outbox other = JpaOutbox.builder().events(Paid.class).build().to(published::add);
        assertThatThrownBy(() -> other.publish("Order", 1, Map.of(), m -> m.type("order.paid.v1")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("is that of two classes");
    }

    @Test
    void the_same_class_of_a_restarted_class_loader_takes_the_name_over() throws Exception {
        outbox.publish("Person", 1, new PersonRegistered("Ada"));
        Constructor<?> constructor =
                new Restarted().loadClass(PersonRegistered.class.getName()).getDeclaredConstructor(String.class);
        constructor.setAccessible(true);
        Object again = constructor.newInstance("Ada");
        assertThat(again).isNotInstanceOf(PersonRegistered.class);

        outbox.publish("Person", 1, again);
        assertThatThrownBy(() -> outbox.publish("Person", 1, new RegisteredElsewhere()))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("is that of two classes");
        assertThat(published).hasSize(2);
    }

    /** Loads the event class anew, as a restart of a development server does. */
    private static final class Restarted extends ClassLoader {

        Restarted() {
            super(EventNamesTest.class.getClassLoader());
        }

        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            if (!name.equals(PersonRegistered.class.getName())) {
                return super.loadClass(name);
            }
            try (InputStream in = Objects.requireNonNull(
                    EventNamesTest.class.getResourceAsStream("/" + name.replace('.', '/') + ".class"))) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
