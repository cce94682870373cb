package dev.outbox.relay.faults;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A steady load of small transactions by several threads, each with aggregates of its own, so that the order of their
 * commits is known. One of eight transactions is rolled back.
 */
final class Load implements AutoCloseable {

    static final List<String> TYPES = List.of("Order", "Person");

    private static final int THREADS = 3;
    private static final int AGGREGATES = 5;
    private static final int MOST_EVENTS = 5;
    private static final long INTERVAL_NANOS = Duration.ofMillis(50).toNanos();

    private final Callable<Connection> database;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Writer byHand;
    private final AtomicLong commits = new AtomicLong();
    private final ReentrantReadWriteLock pause = new ReentrantReadWriteLock(true);
    private volatile String insert = Writer.INSERT;
    private volatile boolean stopped;
    private volatile boolean givenUp;

    Load(Callable<Connection> database) {
        this.database = database;
        this.byHand = writer();
    }

    private Writer writer() {
        Writer writer = new Writer(database, () -> insert, () -> givenUp);
        writers.add(writer);
        return writer;
    }

    void start(Random random) {
        for (int i = 0; i < THREADS; i++) {
            String prefix = "w" + i + "-";
            Writer writer = writer();
            Random own = new Random(random.nextLong());
            threads.add(Threads.start("load", () -> run(writer, prefix, own)));
        }
    }

    private void run(Writer writer, String prefix, Random random) {
        long due = System.nanoTime();
        try {
            while (!stopped) {
                due = Math.max(due + INTERVAL_NANOS, System.nanoTime() - INTERVAL_NANOS);
                LockSupport.parkNanos(due - System.nanoTime());
                List<Event> events = new ArrayList<>();
                for (int i = 1 + random.nextInt(MOST_EVENTS); i > 0; i--) {
                    int aggregate = random.nextInt(AGGREGATES);
                    events.add(Event.of(TYPES.get(aggregate % TYPES.size()), prefix + aggregate, "{\"n\":" + i + "}"));
                }
                boolean rollBack = random.nextInt(8) == 0;
                pause.readLock().lock();
                try {
                    if (writer.write(events, rollBack).committed()) {
                        commits.incrementAndGet();
                    }
                } finally {
                    pause.readLock().unlock();
                }
            }
        } finally {
            writer.close();
        }
    }

    /** Events are written by this statement from now on, which has the parameters of {@link Writer#INSERT}. */
    void insertBy(String statement) {
        insert = statement;
    }

    /** Waits until so many more transactions have been committed by the load. */
    void awaitCommits(int more) {
        long until = commits.get() + more;
        Threads.await(more + " more transactions", () -> commits.get() >= until);
    }

    /** Lets all transactions end, and begins none until it is resumed by the same thread. */
    void pause() {
        pause.writeLock().lock();
    }

    void resume() {
        pause.writeLock().unlock();
    }

    /** Commits an event of its own, as soon as that is possible, and returns it. */
    Event marker() {
        return commit(List.of(Event.of(TYPES.get(0), "marker", "{}"))).events().get(0);
    }

    /** Commits these events in one transaction, as soon as that is possible. For one thread at a time. */
    Transaction commit(List<Event> events) {
        return commit(events, () -> {});
    }

    /** @param between runs while the transaction is open and all is written */
    Transaction commit(List<Event> events, Runnable between) {
        long deadline = System.nanoTime() + Settings.PATIENCE.toNanos();
        List<Event> next = events;
        while (System.nanoTime() < deadline) {
            Transaction transaction = byHand.write(next, false, between);
            if (transaction.committed()) {
                return transaction;
            }
            next = next.stream()
                    .map(event -> new Event(
                            UUID.randomUUID(),
                            event.aggregateType(),
                            event.aggregateId(),
                            event.type(),
                            event.payload(),
                            event.headers()))
                    .toList();
        }
        throw new AssertionError("no transaction could be committed within " + Settings.PATIENCE.toSeconds() + " s");
    }

    /** Ends the threads; all outcomes are known then. */
    void stop() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(Settings.PATIENCE.toMillis());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (thread.isAlive()) {
                throw new AssertionError("a writer of the load did not end; it may not reach the server any more");
            }
        }
    }

    /** One list for each writer; an aggregate is in one of them only. */
    List<List<Transaction>> written() {
        return writers.stream().map(Writer::written).toList();
    }

    @Override
    public void close() {
        stopped = true;
        givenUp = true;
        byHand.close();
    }
}
