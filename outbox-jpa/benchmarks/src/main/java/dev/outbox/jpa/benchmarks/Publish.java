package dev.outbox.jpa.benchmarks;

import dev.outbox.OutboxTable;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.Retention;
import java.util.List;

/** Outbox: the service publishes. */
record Publish(Application application, Outbox outbox, String table, Rows rows) implements Side {

    static Side open(String url, String table, Rows rows) {
        Application application = Application.with(url, Order.class);
        JpaOutbox outbox = JpaOutbox.builder()
                .table(OutboxTable.named("public", table))
                .retention(rows == Rows.KEPT ? Retention.KEEP : Retention.DELETE_AFTER_INSERT)
                .build();
        return new Publish(application, outbox.on(application.entityManager()), table, rows);
    }

    @Override
    public String name() {
        return rows == Rows.KEPT ? "Outbox publish" : "Outbox publish, DELETE_AFTER_INSERT";
    }

    @Override
    public void transaction(long order, int events) {
        application.change(Order.class, order, loaded -> {
            loaded.ship();
            for (int i = 0; i < events; i++) {
                outbox.publish(OrderShipped.AGGREGATE_TYPE, order, OrderShipped.number(i, order));
            }
        });
    }

    @Override
    public List<String> tables() {
        return List.of(table);
    }

    @Override
    public void close() {
        application.close();
    }
}
