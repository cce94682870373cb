package dev.outbox.jpa.benchmarks;

import java.util.List;

/** One way of getting events out of a business transaction. */
interface Side extends AutoCloseable {

    /** As the tables of results call it. */
    String name();

    /** What becomes of the rows that it writes. */
    Rows rows();

    /**
     * Runs one business transaction: loads an order, changes it, and commits both change and events. Called by several
     * threads at once, each with an order of its own.
     */
    void transaction(long order, int events);

    /** The tables that its events go to, each as the relation's name in the schema {@code public}. */
    List<String> tables();

    /** Does what was put off until after the commits, such as a delivery; returns how many times. Not measured. */
    default int runDeferred() {
        return 0;
    }

    /** Drops what was put off, so that it disturbs nobody's measurement. */
    default void dropDeferred() {}

    @Override
    void close();

    enum Rows {
        /** Writes none. */
        NONE,
        /** Leaves them in the table. */
        KEPT,
        /** Deletes them in the same transaction: what counts is in the write-ahead log. */
        DELETED
    }
}
