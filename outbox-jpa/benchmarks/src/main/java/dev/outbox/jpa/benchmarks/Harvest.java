package dev.outbox.jpa.benchmarks;

import dev.outbox.OutboxTable;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Retention;
import java.util.List;

/** Outbox: the entity records, and the commit harvests. */
record Harvest(Application application, String table, Rows rows) implements Side {

    static Side open(String url, String table, Rows rows) {
        Application application = Application.with(url, RecordingOrder.class);
        JpaOutbox.builder()
                .table(OutboxTable.named("public", table))
                .retention(rows == Rows.KEPT ? Retention.KEEP : Retention.DELETE_AFTER_INSERT)
                .harvest(application.factory())
                .build();
        return new Harvest(application, table, rows);
    }

    @Override
    public String name() {
        return rows == Rows.KEPT ? "Outbox harvest" : "Outbox harvest, DELETE_AFTER_INSERT";
    }

    @Override
    public void transaction(long order, int events) {
        application.change(RecordingOrder.class, order, loaded -> loaded.ship(events));
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
