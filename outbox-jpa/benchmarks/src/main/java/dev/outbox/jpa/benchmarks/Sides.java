package dev.outbox.jpa.benchmarks;

import dev.outbox.jpa.benchmarks.Side.Rows;
import java.util.ArrayList;
import java.util.List;

/** All sides, each on connections of its own to the same database. */
record Sides(
        Side noEvents,
        Side noEventsAgain,
        Side rawJdbc,
        Side rawJdbcDeleted,
        Side publish,
        Side publishDeleted,
        Side harvest,
        Side harvestDeleted,
        Side debezium,
        Side modulith,
        Side transactionOutbox)
        implements AutoCloseable {

    static Sides open(Database database) {
        String url = database.url();
        return new Sides(
                NoEvents.open(url, "Hibernate alone"),
                NoEvents.open(url, "Hibernate alone, once more"),
                RawJdbc.open(url, Database.OUTBOX_RAW, Rows.KEPT),
                RawJdbc.open(url, Database.OUTBOX_RAW_DELETED, Rows.DELETED),
                Publish.open(url, Database.OUTBOX_PUBLISH, Rows.KEPT),
                Publish.open(url, Database.OUTBOX_PUBLISH_DELETED, Rows.DELETED),
                Harvest.open(url, Database.OUTBOX_HARVEST, Rows.KEPT),
                Harvest.open(url, Database.OUTBOX_HARVEST_DELETED, Rows.DELETED),
                Debezium.open(url),
                Modulith.open(url),
                TransactionOutboxSide.open(url));
    }

    List<Side> all() {
        return List.of(
                noEvents,
                noEventsAgain,
                rawJdbc,
                rawJdbcDeleted,
                publish,
                publishDeleted,
                harvest,
                harvestDeleted,
                debezium,
                modulith,
                transactionOutbox);
    }

    /** Those that have something to say about transactions with this many events. */
    List<Side> with(int events) {
        return events == 0
                ? List.of(noEvents, noEventsAgain, publish, harvest, debezium, modulith, transactionOutbox)
                : all().stream().filter(side -> side != noEventsAgain).toList();
    }

    /** What the others are compared with. */
    Side reference(int events) {
        return events == 0 ? noEvents : rawJdbc;
    }

    /** The order that belongs to a side's thread, and to nobody else: none waits for another's row. */
    long order(Side side, int thread) {
        return 1 + (long) all().indexOf(side) * Measurement.MAX_THREADS + thread;
    }

    List<String> tables() {
        List<String> tables = new ArrayList<>();
        all().forEach(side -> tables.addAll(side.tables()));
        return tables;
    }

    @Override
    public void close() {
        all().forEach(Side::close);
    }
}
