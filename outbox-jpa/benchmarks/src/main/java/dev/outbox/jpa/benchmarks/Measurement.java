package dev.outbox.jpa.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.outbox.samples.cli.Progress;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the business transactions in a closed loop. The sides take turns, of a few transactions each and in an order
 * drawn anew every time, so that whatever else the machine does meets all of them.
 */
final class Measurement implements Progress.Source, AutoCloseable {

    static final int MAX_THREADS = 4;

    static final int TRANSACTIONS_OF_A_TURN = 5;
    private static final int LEAST_TURNS = 3;

    private final Database database;
    private final Sides sides;
    private final Plan plan;
    private final Random random;
    private final ExecutorService threads = Executors.newFixedThreadPool(MAX_THREADS);
    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long start = System.nanoTime();
    private volatile String doing = "starting";

    Measurement(Database database, Sides sides, Plan plan) {
        this.database = database;
        this.sides = sides;
        this.plan = plan;
        this.random = new Random(plan.seed());
    }

    /** Measures all sides in all settings. */
    Results run() {
        Results results = new Results(sides);
        for (Setting setting : Plan.SETTINGS) {
            doing = "warming up, " + setting;
            measure(setting, plan.warmUp());
        }
        doing = "counting statements";
        countStatements(results);
        for (int round = 1; round <= plan.rounds(); round++) {
            doing = "round " + round + " of " + plan.rounds();
            database.startRound(sides.tables());
            List<Setting> settings = new ArrayList<>(Plan.SETTINGS);
            Collections.shuffle(settings, random);
            for (Setting setting : settings) {
                results.add(setting, measure(setting, plan.perSetting()));
            }
        }
        return results;
    }

    private Map<Side, Samples> measure(Setting setting, Duration duration) {
        Map<Side, Samples> samples = Results.bySide();
        List<Side> order = new ArrayList<>(sides.with(setting.events()));
        order.forEach(side -> samples.put(side, new Samples()));
        long end = System.nanoTime() + duration.toNanos();
        for (int turns = 0; turns < LEAST_TURNS || System.nanoTime() < end; turns++) {
            Collections.shuffle(order, random);
            for (Side side : order) {
                turn(side, setting, Objects.requireNonNull(samples.get(side)));
                side.dropDeferred();
            }
        }
        return samples;
    }

    private void turn(Side side, Setting setting, Samples samples) {
        List<Callable<Block>> blocks = new ArrayList<>();
        for (int thread = 0; thread < setting.threads(); thread++) {
            long order = sides.order(side, thread);
            blocks.add(() -> block(side, order, setting.events()));
        }
        try {
            List<Block> done = new ArrayList<>();
            for (Future<Block> block : threads.invokeAll(blocks)) {
                done.add(block.get());
            }
            samples.add(done);
        } catch (ExecutionException e) {
            throw new IllegalStateException(side.name() + " failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The benchmark was interrupted.", e);
        }
    }

    /** A thread's transactions of one turn: the time of each, and what the thread used for all of them. */
    record Block(long[] nanos, long cpuNanos, long allocated) {}

    private Block block(Side side, long order, int events) {
        long[] nanos = new long[TRANSACTIONS_OF_A_TURN];
        long cpuBefore = thread.getCurrentThreadCpuTime();
        long allocatedBefore = thread.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < nanos.length; i++) {
            long began = System.nanoTime();
            side.transaction(order, events);
            nanos[i] = System.nanoTime() - began;
        }
        return new Block(
                nanos,
                thread.getCurrentThreadCpuTime() - cpuBefore,
                thread.getCurrentThreadAllocatedBytes() - allocatedBefore);
    }

    private void countStatements(Results results) {
        for (Setting setting : Plan.SETTINGS) {
            for (Side side : sides.with(setting.events())) {
                Wire.Count before = Wire.count();
                side.transaction(sides.order(side, 0), setting.events());
                Wire.Count committed = Wire.count();
                side.runDeferred();
                results.setSent(
                        setting, side, committed.since(before), Wire.count().since(committed));
            }
        }
    }

    @Override
    public long done() {
        return Math.min(total(), Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }

    @Override
    public long total() {
        return plan.duration().toSeconds();
    }

    @Override
    public String more() {
        return doing;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
