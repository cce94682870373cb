package dev.outbox.samples.writer;

import dev.outbox.samples.cli.SampleException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs business transactions on several threads until the number asked for is reached, or it is stopped.
 *
 * <p>It rides out a database that goes away for less than a minute. What it committed and what it rolled back it knows
 * without Outbox: the former from its {@link Ledger}, the latter by heart.
 */
public final class Writer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE_AFTER_TROUBLE = Duration.ofMillis(200);
    private static final int PEOPLE_LIMIT = 100_000;

    private final WriterSettings settings;
    private final Ledger ledger;
    private final Transactions transactions;
    private final People people = new People();
    private final Account account = new Account();
    private final AtomicLong begun = new AtomicLong();
    private volatile long start = System.nanoTime();
    private volatile boolean stopped;

    private Writer(WriterSettings settings, Ledger ledger, Transactions transactions) {
        this.settings = settings;
        this.ledger = ledger;
        this.transactions = transactions;
    }

    /**
     * Connects to the source database and makes the tables {@code persons}, {@code ledger} and {@code outbox} where they
     * are missing.
     *
     * @throws SampleException if the database can't be used
     */
    public static Writer open(WriterSettings settings) {
        Ledger ledger = Ledger.inTable();
        return new Writer(settings, ledger, Transactions.open(settings, ledger));
    }

    /**
     * Writes, and returns when all is done. Call it once.
     *
     * @throws SampleException if the database went away for longer than a minute, or a transaction failed that should not
     */
    public WriterResult run() {
        loadPeople();
        start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(settings.threads());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < settings.threads(); i++) {
                Workload workload =
                        new Workload(people, 20 + settings.threads(), settings.rollbackPercent(), settings.seed() + i);
                running.add(threads.submit(() -> write(workload)));
            }
            await(running);
            settleUnknown();
            return progress();
        } finally {
            stopped = true;
            threads.shutdown();
        }
    }

    /** Ends after the transactions that are under way; from any thread, and any number of times. */
    public void stop() {
        stopped = true;
    }

    /** How far it is; from any thread. */
    public WriterResult progress() {
        return account.result(Duration.ofNanos(System.nanoTime() - start));
    }

    /** How many transactions have ended; from any thread, and cheaper than {@link #progress()}. */
    public long transactionsDone() {
        return account.transactions();
    }

    /** How many events are committed; from any thread, and cheaper than {@link #progress()}. */
    public long eventsCommitted() {
        return account.committedEvents();
    }

    /** The account that it keeps of what it committed. */
    public Ledger ledger() {
        return ledger;
    }

    /** Closes the connections. */
    @Override
    public void close() {
        transactions.close();
    }

    private void write(Workload workload) {
        long lastSuccess = System.nanoTime();
        while (!stopped) {
            long number = begun.getAndIncrement();
            if (number >= settings.transactions()) {
                return;
            }
            awaitTurn(number);
            Work work = workload.next();
            Outcome outcome = transactions.run(work);
            account.add(outcome);
            people.addAll(outcome instanceof Outcome.Committed ? work.added() : work.takenOut());
            RuntimeException trouble = trouble(outcome);
            if (trouble == null) {
                lastSuccess = System.nanoTime();
            } else {
                rideOut(trouble, lastSuccess);
            }
        }
    }

    /** The n-th transaction is due n/rate seconds after the first one. */
    private void awaitTurn(long number) {
        if (settings.rate() <= 0) {
            return;
        }
        long due = start + (long) (number / settings.rate() * 1e9);
        while (!stopped && due - System.nanoTime() > 0) {
            LockSupport.parkNanos(Math.min(due - System.nanoTime(), 100_000_000));
        }
    }

    private static void rideOut(RuntimeException trouble, long lastSuccess) {
        if (!SqlErrors.isConnectionLost(trouble)) {
            throw new SampleException("A transaction failed that should not: " + SqlErrors.firstLine(trouble), trouble);
        }
        if (System.nanoTime() - lastSuccess > PATIENCE.toNanos()) {
            throw new SampleException(
                    "The source database has been failing for %d seconds (%s); the writer gives up."
                            .formatted(PATIENCE.toSeconds(), SqlErrors.firstLine(trouble)),
                    trouble);
        }
        LockSupport.parkNanos(PAUSE_AFTER_TROUBLE.toNanos());
    }

    private static @Nullable RuntimeException trouble(Outcome outcome) {
        if (outcome instanceof Outcome.RolledBack undone) {
            return undone.trouble();
        }
        return outcome instanceof Outcome.Unknown unknown ? unknown.trouble() : null;
    }

    private void await(List<Future<?>> running) {
        try {
            for (Future<?> thread : running) {
                thread.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SampleException("The writer was interrupted.", e);
        }
    }

    /** Persons of an earlier run go on living in this one. */
    private void loadPeople() {
        List<UUID> known = new ArrayList<>();
        inTransaction(connection -> {
            try (PreparedStatement select =
                            connection.prepareStatement("SELECT id FROM persons LIMIT " + PEOPLE_LIMIT);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    known.add(rows.getObject(1, UUID.class));
                }
            }
        });
        people.addAll(known);
    }

    private void settleUnknown() {
        Set<UUID> unknown = account.unknown();
        if (!unknown.isEmpty()) {
            inTransaction(connection -> account.settle(ledger.committedAmong(connection, unknown)));
        }
    }

    private void inTransaction(SqlWork work) {
        try (Connection connection = transactions.connect()) {
            work.on(connection);
            connection.commit();
        } catch (SQLException e) {
            throw new SampleException("The source database failed: " + SqlErrors.firstLine(e), e);
        }
    }

    private interface SqlWork {

        void on(Connection connection) throws SQLException;
    }
}
