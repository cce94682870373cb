package dev.outbox.jpa.testkit;

import static dev.outbox.jpa.testkit.OutboxAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.testkit.Orders.OrderPlaced;
import dev.outbox.jpa.testkit.Orders.OrderShipped;
import dev.outbox.samples.servers.PostgresServer;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The same assertions on what committed transactions have left in a real table. */
class OutboxTableContentsTest extends OutboxAssertContract {

    private static final String DATABASE = "application";
    private static final JpaOutbox OUTBOX = JpaOutbox.builder().build();

    private static PostgresServer server;
    private static EntityManagerFactory factory;
    private Connection connection;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(server.createDatabase(DATABASE));
        dataSource.setUser(server.user());
        factory = new PersistenceConfiguration(DATABASE)
                .property("jakarta.persistence.nonJtaDataSource", dataSource)
                .createEntityManagerFactory();
    }

    @AfterAll
    static void stop() {
        factory.close();
        server.close();
    }

    @BeforeEach
    void connect() throws SQLException {
        server.execute(DATABASE, "DROP TABLE IF EXISTS public.outbox;" + OutboxTable.ddl());
        connection = server.connect(DATABASE);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Override
    void publish(Consumer<Outbox> calls) {
        publish(OUTBOX, calls);
    }

    private static void publish(JpaOutbox outbox, Consumer<Outbox> calls) {
        try (EntityManager em = factory.createEntityManager()) {
            em.getTransaction().begin();
            calls.accept(outbox.on(em));
            em.getTransaction().commit();
        }
    }

    @Override
    OutboxAssert published() {
        return assertThat(OutboxTableContents.read(connection, OUTBOX));
    }

    @Override
    String source() {
        return "the table public.outbox";
    }

    @Test
    void what_is_read_is_what_a_recording_outbox_records() {
        RecordingOutbox recording = new RecordingOutbox();
        UUID id = UUID.fromString("01900000-0000-7000-8000-000000000001");
        Consumer<Outbox> calls = outbox -> outbox.publish(
                "Order",
                "Ä-1",
                new OrderPlaced("tea \"x\" 🌍"),
                m -> m.id(id)
                        .header("tenant", "Thiès \"4\" \\ {,} 🌍")
                        .header("empty", "")
                        .header("null", "NULL"));
        calls.accept(recording);
        publish(calls);

        OutboxEvent recorded = recording.events().get(0);
        OutboxEvent read = OutboxTableContents.read(connection, OUTBOX).events().get(0);
        assertThat(read).usingRecursiveComparison().ignoringFields("occurredAt").isEqualTo(recorded);
        assertThat(Duration.between(recorded.occurredAt(), read.occurredAt()).abs())
                .isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void a_rolled_back_event_was_not_published() {
        try (EntityManager em = factory.createEntityManager()) {
            em.getTransaction().begin();
            OUTBOX.on(em).publish("Order", 1, new OrderPlaced("tea"));
            em.getTransaction().rollback();
        }
        published().nothingPublished();
    }

    @Test
    void events_are_in_the_order_of_their_publishing_over_many_transactions() {
        for (int i = 0; i < 20; i++) {
            int parcel = i;
            publish(outbox -> {
                outbox.publish("Order", 1, new OrderPlaced("item"));
                outbox.publish("Order", 1, new OrderShipped(parcel));
            });
        }
        List<String> types = OutboxTableContents.read(connection, OUTBOX).events().stream()
                .map(OutboxEvent::type)
                .toList();
        assertThat(types.subList(0, 4))
                .containsExactly("order.placed.v1", "order.shipped.v1", "order.placed.v1", "order.shipped.v1");
        published().published(OrderShipped.class).times(20).withPayload("{\"parcel\":19}");
    }

    @Test
    void what_was_there_before_can_be_left_out() {
        publish(outbox -> outbox.publish("Order", 1, new OrderPlaced("tea")));
        OutboxTableContents before = OutboxTableContents.read(connection, OUTBOX);
        publish(outbox -> outbox.publish("Order", 1, new OrderShipped(1)));
        assertThat(OutboxTableContents.read(connection, OUTBOX).since(before)).inOrder(OrderShipped.class);
    }

    @Test
    void a_table_of_debeziums_five_columns_is_enough() {
        server.execute(DATABASE, "ALTER TABLE public.outbox DROP headers, DROP COLUMN occurred_at, DROP COLUMN xid");
        OutboxTable five = OutboxTable.DEFAULT
                .without(Column.HEADERS)
                .without(Column.OCCURRED_AT)
                .without(Column.XID);
        publish(JpaOutbox.builder().table(five).build(), outbox -> outbox.publish("Order", 1, new OrderPlaced("tea")));
        OutboxTableContents contents = OutboxTableContents.read(connection, five);
        assertThat(contents).inOrder(new OrderPlaced("tea"));
        assertThat(contents.events())
                .singleElement()
                .satisfies(event -> assertThat(event.occurredAt()).isEqualTo(Instant.EPOCH));
    }

    @Test
    void bytes_are_read_as_they_are_and_the_content_type_is_no_header() {
        server.execute(DATABASE, "ALTER TABLE public.outbox DROP payload; ALTER TABLE public.outbox ADD payload bytea");
        JpaOutbox avro = JpaOutbox.builder()
                .payloadType(PayloadType.BYTEA)
                .serializer(EventSerializer.bytes("application/avro"))
                .build();
        byte[] bytes = {0, (byte) 0xff};
        publish(avro, outbox -> outbox.publish("Order", 1, bytes, options -> options.type("order.packed.v1")));
        OutboxTableContents contents = OutboxTableContents.read(connection, avro);
        assertThat(contents).published("order.packed.v1").inOrder(bytes).withoutHeader("contentType");
    }

    @Test
    void a_table_that_is_missing_is_named() {
        assertThatThrownBy(() -> OutboxTableContents.read(connection, OutboxTable.named("public", "nowhere")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("The table public.nowhere can't be read", "does not exist");
    }

    @Test
    void a_row_that_publish_can_not_have_written_is_named() {
        refusedToRead("' ', '1', 'x', NULL", "aggregate type must not be blank");
        refusedToRead("'Order', '1', 'x', '{\"tenant\": null}'", "header 'tenant' must not be null");
        refusedToRead("'Order', '1', 'x', '{\"id\": \"1\"}'", "'id' is reserved");
    }

    private void refusedToRead(String values, String message) {
        server.execute(
                DATABASE,
                "DELETE FROM public.outbox; INSERT INTO public.outbox"
                        + " (id, occurred_at, aggregatetype, aggregateid, type, headers)"
                        + " VALUES ('01900000-0000-7000-8000-000000000001', now(), " + values + ")");
        assertThatThrownBy(() -> OutboxTableContents.read(connection, OUTBOX))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("01900000-0000-7000-8000-000000000001 of public.outbox", message);
    }

    @Test
    void a_row_without_payload_is_shown_as_one() {
        server.execute(
                DATABASE,
                "INSERT INTO public.outbox (id, aggregatetype, aggregateid, type, occurred_at)"
                        + " VALUES ('01900000-0000-7000-8000-000000000001', 'Order', '1', 'order.gone.v1', now())");
        assertThatThrownBy(() -> published().nothingPublished())
                .hasMessageEndingWith("1. order.gone.v1 for Order 1 (no payload)");
    }
}
