package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import dev.outbox.EventRecorders;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the harvest costs where nothing is recorded. In bytes that a thread allocates, of which, other than of
 * milliseconds, it takes the same every time.
 */
class HarvestCostTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final int ENTITIES = 10_000;

    private static final int ROUNDS = 10;

    /** The object itself and the field that it is in, with what the JVM adds to fill up to eight bytes. */
    private static final long OF_DOMAIN_EVENTS = 24;

    @Entity
    @Table(name = "loaded")
    static class Plain {
        @Id
        int id;

        String name = "";
    }

    @Entity
    @Table(name = "loaded")
    @Aggregate("Recording")
    static class Recording {
        @Id
        int id;

        String name = "";

        @Transient
        final DomainEvents events = DomainEvents.of(this);
    }

    private static EntityManagerFactory without;
    private static EntityManagerFactory harvested;

    @BeforeAll
    static void rows() {
        without = database.factoryOf(List.of(Plain.class, Recording.class));
        harvested = database.factoryOf(List.of(Plain.class, Recording.class));
        JpaOutbox.builder().harvest(harvested).build();
        database.execute("INSERT INTO loaded SELECT n, 'name' FROM generate_series(1, " + ENTITIES + ") n");
    }

    @AfterAll
    static void close() {
        without.close();
        harvested.close();
        database.execute("DROP TABLE loaded");
    }

    @Test
    void loading_and_flushing_10_000_entities_costs_no_more_than_their_fields() {
        // Aggregates of other tests, which recorded something for no transaction.
        await().until(() -> {
            System.gc();
            return EventRecorders.nothingHeld();
        });
        long plain = Long.MAX_VALUE;
        long plainHarvested = Long.MAX_VALUE;
        long recording = Long.MAX_VALUE;
        long recordingHarvested = Long.MAX_VALUE;
        // In turns, and the least of all: the first rounds load classes and compile.
        for (int round = 0; round < ROUNDS; round++) {
            plain = Math.min(plain, bytesOf(without, Plain.class));
            plainHarvested = Math.min(plainHarvested, bytesOf(harvested, Plain.class));
            recording = Math.min(recording, bytesOf(without, Recording.class));
            recordingHarvested = Math.min(recordingHarvested, bytesOf(harvested, Recording.class));
        }
        System.out.printf(
                "HarvestCostTest: bytes for each entity: %d, harvested %d, with DomainEvents %d, harvested %d%n",
                plain / ENTITIES, plainHarvested / ENTITIES, recording / ENTITIES, recordingHarvested / ENTITIES);

        assertThat((plainHarvested - plain) / ENTITIES).as("the harvest").isZero();
        assertThat((recordingHarvested - recording) / ENTITIES)
                .as("the harvest of aggregates")
                .isZero();
        assertThat((recording - plain) / ENTITIES)
                .as("DomainEvents")
                .isPositive()
                .isLessThanOrEqualTo(OF_DOMAIN_EVENTS);
        assertThat(EventRecorders.held()).isEmpty();
        assertThat(EventRecorders.ofCurrentThread()).isEmpty();
    }

    private static long bytesOf(EntityManagerFactory factory, Class<?> type) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        loadAndFlush(factory, type);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void loadAndFlush(EntityManagerFactory factory, Class<?> type) {
        try (EntityManager em = factory.createEntityManager()) {
            TestDatabase.inTransaction(em, any -> {
                assertThat(em.createQuery("from " + type.getName(), type).getResultList())
                        .hasSize(ENTITIES);
                em.flush();
            });
        }
    }
}
