package dev.outbox.jpa.benchmarks;

import dev.outbox.EventIds;
import java.time.Instant;
import java.util.List;
import org.hibernate.Session;

/** Debezium's way: persists an entity for each event and removes it again, and lets Hibernate batch both. */
record Debezium(Application application) implements Side {

    static Side open(String url) {
        return new Debezium(Application.without(url, Order.class, DebeziumEvent.class));
    }

    @Override
    public String name() {
        return "Debezium's way (persist, remove)";
    }

    @Override
    public Rows rows() {
        return Rows.DELETED;
    }

    @Override
    public void transaction(long order, int events) {
        application.change(Order.class, order, loaded -> {
            loaded.ship();
            Session session = application.entityManager().unwrap(Session.class);
            for (int i = 0; i < events; i++) {
                DebeziumEvent event = event(order, i);
                session.persist(event);
                session.setReadOnly(event, true);
                session.remove(event);
            }
        });
    }

    private static DebeziumEvent event(long order, int number) {
        return new DebeziumEvent(
                EventIds.next(),
                OrderShipped.AGGREGATE_TYPE,
                Long.toString(order),
                OrderShipped.TYPE,
                Instant.now(),
                OrderShipped.number(number, order).asJson());
    }

    @Override
    public List<String> tables() {
        return List.of(Database.OUTBOX_DEBEZIUM);
    }

    @Override
    public void close() {
        application.close();
    }
}
