package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import java.io.Serializable;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The events of one EntityManager's current transaction that are not written yet. Lives as a property of the
 * EntityManager, which is where the specification lets a library keep state, and goes with it.
 *
 * <p>All outboxes on an EntityManager share it, so that two of them on one table keep the order of the calls. Not thread
 * safe, as an EntityManager is not.
 */
final class PendingEvents implements Completion, Serializable {

    private static final long serialVersionUID = 1L;

    private static final String PROPERTY = "dev.outbox.jpa.pending-events";

    private enum Phase {
        /** No event in this transaction so far. */
        IDLE,
        /** The transaction will call {@link #write} before and {@link #completed} after its completion. */
        COLLECTING,
        /** The transaction is not complete, but waits no more: whatever comes now is written at once. */
        WRITTEN
    }

    private transient Map<OutboxInsert, List<PendingRow>> rows = new LinkedHashMap<>();
    private transient Phase phase = Phase.IDLE;
    private transient volatile @Nullable Thread thread;
    private transient Runnable unregister = () -> {};

    static PendingEvents of(EntityManager entityManager) {
        if (entityManager.getProperties().get(PROPERTY) instanceof PendingEvents pending) {
            return pending;
        }
        PendingEvents pending = new PendingEvents();
        entityManager.setProperty(PROPERTY, pending);
        return pending;
    }

    void add(CollectingTransaction transaction, OutboxInsert insert, PendingRow row) {
        requireSameThread(row.type());
        if (phase == Phase.IDLE) {
            thread = Thread.currentThread();
            unregister = transaction.onCompletion(this);
            // Better written early than lost.
            phase = transaction.maybeTooLate() ? Phase.WRITTEN : Phase.COLLECTING;
        }
        if (phase == Phase.WRITTEN) {
            OutboxRow complete = row.row();
            if (complete != null) {
                row.written();
                transaction.work(connection -> insert.execute(connection, List.of(complete)));
            }
        } else {
            rows.computeIfAbsent(insert, any -> new ArrayList<>()).add(row);
        }
    }

    private void requireSameThread(Object events) {
        Thread first = thread;
        if (first != null && first != Thread.currentThread()) {
            throw new OutboxException(
                    "Event(s) " + events + " of one transaction are published or committed by thread '"
                            + Thread.currentThread().getName() + "', others by thread '" + first.getName() + "'. An"
                            + " EntityManager is for one thread at a time: publish on the thread of the transaction, or in a"
                            + " transaction of the other thread's own.");
        }
    }

    /** To be called where events are added at the very beginning, before observers have heard of it. */
    void begun() {
        if (phase != Phase.IDLE) {
            unregister.run();
            completed(false);
        }
    }

    /** Writes and forgets all events, in one batch for each table. */
    @Override
    public void write(Connection connection) {
        // Again where making the rows has published another event.
        while (!rows.isEmpty()) {
            writeRows(connection);
        }
        phase = Phase.WRITTEN;
    }

    /** Writes what there is now, in a batch of its own, and goes on collecting. */
    void flush(CollectingTransaction transaction) {
        if (!rows.isEmpty()) {
            transaction.work(this::writeRows);
        }
    }

    /** Whether there is anything to write. */
    boolean isEmpty() {
        return rows.isEmpty();
    }

    private void writeRows(Connection connection) {
        if (!rows.isEmpty()) {
            requireSameThread(types(rows));
        }
        for (Map.Entry<OutboxInsert, List<PendingRow>> batch : List.copyOf(rows.entrySet())) {
            List<PendingRow> pending = batch.getValue();
            List<PendingRow> taken = List.copyOf(pending);
            // May throw, and the application may go on: until all rows are there nothing is forgotten.
            List<OutboxRow> complete = taken.stream()
                    // What was recorded before the transaction or elsewhere arrives late, with its early position.
                    .sorted(Comparator.comparing(PendingRow::position))
                    .flatMap(row -> Stream.ofNullable(row.row()))
                    .toList();
            taken.forEach(PendingRow::written);
            pending.subList(0, taken.size()).clear();
            if (!complete.isEmpty()) {
                batch.getKey().execute(connection, complete);
            }
        }
        rows.values().removeIf(List::isEmpty);
    }

    /**
     * Forgets the transaction, so that the next event belongs to the next one.
     *
     * @throws OutboxException if the transaction committed without an event: the last line of defence against silence
     */
    @Override
    public void completed(boolean committed) {
        Map<OutboxInsert, List<PendingRow>> unwritten = rows;
        rows = new LinkedHashMap<>();
        phase = Phase.IDLE;
        thread = null;
        if (committed && !unwritten.isEmpty()) {
            throw new OutboxException(
                    "The transaction is committed, but its events " + types(unwritten) + " are not written: the"
                            + " first of them was published after Outbox's turn before the commit. Publish earlier, and write"
                            + " these events again.");
        }
    }

    private static List<String> types(Map<OutboxInsert, List<PendingRow>> rows) {
        return rows.values().stream()
                .flatMap(List::stream)
                .map(PendingRow::type)
                .toList();
    }

    /** An EntityManager can be serialized between transactions, when there is nothing to carry. */
    private Object readResolve() {
        return new PendingEvents();
    }
}
