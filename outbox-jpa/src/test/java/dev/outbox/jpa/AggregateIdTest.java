package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import dev.outbox.OutboxException;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.Transient;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an aggregate's identifier is on the record, for types of the application's own. */
@SuppressWarnings("NullAway") // Callers that are not checked for nullness pass and return null.
class AggregateIdTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final PersonRegistered EVENT = new PersonRegistered("Ada");

    @Embeddable
    record ParcelId(String depot, int number) implements Serializable {

        UUID uuid() {
            return new UUID(depot.hashCode(), number);
        }
    }

    @Entity(name = "Parcel")
    @Aggregate("Parcel")
    static class Parcel {

        @EmbeddedId
        ParcelId id;

        @Transient
        final DomainEvents events = DomainEvents.of(this);
    }

    static class SlotId implements Serializable {
        private static final long serialVersionUID = 1L;
        String hall;
        int shelf;

        @Override
        public boolean equals(Object other) {
            return other instanceof SlotId that && Objects.equals(hall, that.hall) && shelf == that.shelf;
        }

        @Override
        public int hashCode() {
            return Objects.hash(hall, shelf);
        }
    }

    @Entity(name = "Slot")
    @Aggregate("Slot")
    @IdClass(SlotId.class)
    static class Slot {

        @Id
        String hall;

        @Id
        int shelf;

        @Transient
        final DomainEvents events = DomainEvents.of(this);
    }

    @Entity(name = "Vehicle")
    @Inheritance
    @Aggregate("Vehicle")
    static class Vehicle {
        @Id
        UUID id;
    }

    @Entity(name = "Van")
    static class Van extends Vehicle {}

    @Entity(name = "Impostor")
    @Aggregate("Vehicle")
    static class Impostor {
        @Id
        UUID id;
    }

    @MappedSuperclass
    @Aggregate("Document")
    abstract static class Document {
        @Id
        UUID id;
    }

    @Entity(name = "Letter")
    static class Letter extends Document {}

    @Entity(name = "Postcard")
    static class Postcard extends Document {}

    @Test
    void a_type_of_the_applications_own_is_what_the_application_says() {
        JpaOutbox outbox = JpaOutbox.builder()
                .aggregateId(ParcelId.class, id -> id.depot() + "-" + id.number())
                .build();
        database.inTransaction(em -> outbox.on(em).publish("Parcel", new ParcelId("north", 7), EVENT));
        assertThat(aggregateIds()).containsExactly("north-7");
    }

    @Test
    void what_it_says_may_be_a_uuid_or_a_whole_number() {
        JpaOutbox uuid =
                JpaOutbox.builder().aggregateId(ParcelId.class, ParcelId::uuid).build();
        JpaOutbox number =
                JpaOutbox.builder().aggregateId(Number.class, Number::longValue).build();
        database.inTransaction(em -> {
            uuid.on(em).publish("Parcel", new ParcelId("", 7), EVENT);
            number.on(em).publish("Parcel", 8.0, EVENT);
        });
        assertThat(aggregateIds()).containsExactly("00000000-0000-0000-0000-000000000007", "8");
    }

    @Test
    void embedded_ids_and_id_classes_of_entities_that_record_are_said_too() {
        JpaOutbox.Builder builder = JpaOutbox.builder()
                .aggregateId(ParcelId.class, id -> id.depot() + "-" + id.number())
                .aggregateId(SlotId.class, id -> id.hall + "/" + id.shelf);
        with(List.of(Parcel.class, Slot.class), factory -> {
            builder.harvest(factory).build();
            try (EntityManager em = factory.createEntityManager()) {
                TestDatabase.inTransaction(em, any -> {
                    Parcel parcel = new Parcel();
                    parcel.id = new ParcelId("south", 1);
                    em.persist(parcel);
                    parcel.events.record(EVENT);
                    Slot slot = new Slot();
                    slot.hall = "A";
                    slot.shelf = 3;
                    em.persist(slot);
                    slot.events.record(EVENT);
                });
            }
        });
        assertThat(aggregateIds()).containsExactly("south-1", "A/3");
    }

    @Test
    void an_entity_whose_id_nothing_is_said_of_is_refused_at_the_start_with_the_line_to_add() {
        with(
                List.of(Parcel.class, Slot.class),
                factory -> assertThatThrownBy(
                                () -> JpaOutbox.builder().harvest(factory).build())
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContainingAll(
                                "the id of aggregate " + Parcel.class.getName() + " is a " + ParcelId.class.getName(),
                                "JpaOutbox.builder().aggregateId(ParcelId.class, id -> ...)",
                                "the id of aggregate " + Slot.class.getName() + " is a " + SlotId.class.getName(),
                                "JpaOutbox.builder().aggregateId(SlotId.class, id -> ...)"));
    }

    @Test
    void two_entities_of_one_aggregate_type_are_refused_unless_a_superclass_says_that_they_are_one() {
        with(
                List.of(Vehicle.class, Van.class, Impostor.class),
                factory -> assertThatThrownBy(
                                () -> JpaOutbox.builder().harvest(factory).build())
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContainingAll(
                                "@Aggregate(\"Vehicle\") is on two classes",
                                Impostor.class.getName(),
                                Vehicle.class.getName(),
                                "@MappedSuperclass"));
        with(
                List.of(Vehicle.class, Van.class, Letter.class, Postcard.class),
                factory -> JpaOutbox.builder().harvest(factory).build());
    }

    @Test
    void a_formatter_that_fails_refuses_the_publish_and_the_transaction_goes_on() {
        refused(
                id -> {
                    throw new IllegalStateException("secret");
                },
                "aggregateId(...) of " + ParcelId.class.getName() + ", asked for an id of Parcel",
                "failed with java.lang.IllegalStateException");
        refused(id -> null, "must return a UUID", "it returned null");
        refused(id -> 1.5, "must return a UUID", "it returned a java.lang.Double");
        refused(id -> " ", "aggregate id must not be blank");
        refused(id -> "x".repeat(256), "aggregate id may have 255 characters", "found 256");
        refused(id -> "a\0", "aggregate id must not contain U+0000");
    }

    @Test
    void a_formatter_that_fails_for_a_recorded_event_fails_the_commit_and_nothing_is_written() {
        for (Function<ParcelId, ?> formatter : List.<Function<ParcelId, @Nullable Object>>of(id -> null, id -> "")) {
            with(List.of(Parcel.class), factory -> {
                JpaOutbox.builder()
                        .aggregateId(ParcelId.class, formatter)
                        .harvest(factory)
                        .build();
                try (EntityManager em = factory.createEntityManager()) {
                    assertThatThrownBy(() -> TestDatabase.inTransaction(em, any -> {
                                Parcel parcel = new Parcel();
                                parcel.id = new ParcelId("south", 1);
                                em.persist(parcel);
                                parcel.events.record(EVENT);
                            }))
                            .cause()
                            .isInstanceOf(OutboxException.class)
                            .hasMessageContainingAll(
                                    "The event 'person.registered.v1' that an aggregate Parcel recorded can't be"
                                            + " written, so the transaction can't commit: The aggregate",
                                    "id");
                }
                assertThat(database.query("SELECT * FROM Parcel")).isEmpty();
            });
        }
        assertThat(database.rows()).isEmpty();
        assertThat(database.calls().seen()).noneMatch(call -> call.contains("outbox"));
    }

    @Test
    void formatters_that_say_nothing_new_or_twice_are_listed_at_the_start() {
        assertThatThrownBy(() -> JpaOutbox.builder()
                        .aggregateId(UUID.class, UUID::toString)
                        .aggregateId(ParcelId.class, ParcelId::depot)
                        .aggregateId(ParcelId.class, ParcelId::number)
                        .aggregateId(null, id -> id)
                        .build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll(
                        "aggregateId(UUID.class, ...): ids of this type are written as they are",
                        "aggregateId(ParcelId.class, ...) is given twice",
                        "aggregateId(...) needs a type and a function");
    }

    private static void refused(Function<ParcelId, @Nullable Object> formatter, String... message) {
        JpaOutbox outbox =
                JpaOutbox.builder().aggregateId(ParcelId.class, formatter).build();
        database.inTransaction(em -> assertThatThrownBy(
                        () -> outbox.on(em).publish("Parcel", new ParcelId("north", 7), EVENT))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll(message)
                .hasMessageNotContaining("secret"));
        assertThat(database.rows()).isEmpty();
    }

    private static List<@Nullable String> aggregateIds() {
        return database.rows().stream().map(row -> row.get("aggregateid")).toList();
    }

    private static void with(List<Class<?>> entities, Consumer<EntityManagerFactory> work) {
        PersistenceConfiguration configuration = new PersistenceConfiguration("ids")
                .property("jakarta.persistence.nonJtaDataSource", database.dataSource())
                .property("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        entities.forEach(configuration::managedClass);
        try (EntityManagerFactory factory = configuration.createEntityManagerFactory()) {
            database.calls().forget();
            work.accept(factory);
        } finally {
            database.execute("DROP TABLE IF EXISTS Parcel, Slot, Vehicle, Impostor, Letter, Postcard");
        }
    }
}
