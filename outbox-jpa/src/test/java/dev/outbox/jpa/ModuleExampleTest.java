package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.sql.Connection;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the README of this module shows, as it is there. */
class ModuleExampleTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final UUID id = UUID.randomUUID();

    @SuppressWarnings("NullAway.Init")
    private EntityManagerFactory factory;

    @SuppressWarnings("NullAway.Init")
    private EntityManager em;

    @BeforeEach
    void an_application_with_an_invoice() {
        factory = new PersistenceConfiguration("invoices")
                .managedClass(Invoice.class)
                .property("jakarta.persistence.nonJtaDataSource", database.dataSource())
                .property("jakarta.persistence.schema-generation.database.action", "drop-and-create")
                .createEntityManagerFactory();
        em = factory.createEntityManager();
        TestDatabase.inTransaction(em, any -> em.persist(new Invoice(id)));
    }

    @AfterEach
    void close() {
        em.close();
        factory.close();
        database.execute("DROP TABLE Invoice; DROP TABLE IF EXISTS inbox");
    }

    @Test
    void an_entity_records_its_events() throws Exception {
        JpaOutbox outbox = JpaOutbox.builder().harvest(factory).build();
        try (Connection connection = database.connect()) {
            outbox.validate(connection);
        }

        em.getTransaction().begin();
        em.find(Invoice.class, id).pay("card");
        em.getTransaction().commit();

        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("aggregatetype", "Invoice")
                        .containsEntry("aggregateid", id.toString())
                        .containsEntry("type", "invoice.paid.v1")
                        .containsEntry("payload", "{\"invoiceId\":\"" + id + "\",\"method\":\"card\"}"));
    }

    @Test
    void an_event_is_published_explicitly() {
        JpaOutbox outbox = JpaOutbox.builder().build();
        em.getTransaction().begin();
        outbox.on(em).publish("Invoice", id, new InvoicePaid(id, "card"), m -> m.header("tenant", "acme"));
        em.getTransaction().commit();

        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("headers", "{\"tenant\":\"acme\"}"));
    }

    @Test
    void rows_do_not_stay() {
        JpaOutbox outbox = JpaOutbox.builder()
                .harvest(factory)
                .retention(Retention.DELETE_AFTER_INSERT)
                .build();
        TestDatabase.inTransaction(em, any -> em.find(Invoice.class, id).pay("card"));

        assertThat(outbox.table()).isNotNull();
        assertThat(database.rows()).isEmpty();
    }

    @Test
    void a_consumer_handles_an_event_once() {
        database.execute(SchemaFile.INBOX.sql());
        UUID eventId = UUID.randomUUID();
        JpaOutbox.builder().harvest(factory).build();
        for (int received = 0; received < 2; received++) {
            em.getTransaction().begin();
            Inbox inbox = JpaInbox.on(em);
            inbox.process("billing", eventId, () -> em.find(Invoice.class, id).pay("card"));
            em.getTransaction().commit();
        }
        assertThat(em.find(Invoice.class, id).paid()).isTrue();
        assertThat(database.rows()).hasSize(1);
    }
}
