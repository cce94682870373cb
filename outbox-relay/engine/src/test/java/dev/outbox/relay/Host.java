package dev.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A host driven by hand: it takes deliveries and leaves acknowledging to the test. */
final class Host implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final RelayEngine engine;

    private Host(RelayEngine engine) {
        this.engine = engine;
    }

    static Host start(RelayConfig config) {
        return start(new RelayEngine(config));
    }

    static Host start(RelayEngine engine) {
        return start(engine, PositionStore.NONE);
    }

    static Host start(RelayEngine engine, PositionStore store) {
        engine.start(store);
        return new Host(engine);
    }

    RelayEngine engine() {
        return engine;
    }

    /** Takes exactly so many deliveries, or fails. */
    List<Delivery> take(int count) {
        List<Delivery> taken = new ArrayList<>();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (taken.size() < count && System.nanoTime() < deadline) {
            taken.addAll(engine.poll(Duration.ofMillis(50)));
        }
        if (taken.size() != count) {
            throw new AssertionError("expected " + count + " deliveries, got " + taken.size() + ", the last of them "
                    + taken.subList(Math.max(0, taken.size() - 10), taken.size()));
        }
        return taken;
    }

    /** Takes exactly so many deliveries, and sees that no more follow for a while. */
    List<Delivery> takeOnly(int count) {
        List<Delivery> taken = take(count);
        requireNoMore(taken);
        return taken;
    }

    /** Takes deliveries up to the one of this payload, or fails; sees that no more follow for a while. */
    List<Delivery> takeUntil(String value) {
        List<Delivery> taken = new ArrayList<>();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (taken.isEmpty() || !value(taken.get(taken.size() - 1)).equals(value)) {
            if (System.nanoTime() >= deadline) {
                throw new AssertionError("expected " + value + ", got " + values(taken));
            }
            taken.addAll(engine.poll(Duration.ofMillis(50)));
        }
        requireNoMore(taken);
        return taken;
    }

    private void requireNoMore(List<Delivery> taken) {
        List<Delivery> more = engine.poll(QUIET);
        if (!more.isEmpty()) {
            throw new AssertionError("expected no more than " + values(taken) + ", then came " + values(more));
        }
    }

    /** Takes what there is room for while nothing is acknowledged, or fails: there has to be more than that. */
    List<Delivery> takeUntilFull(RelayConfig config) {
        List<Delivery> taken = new ArrayList<>();
        List<Delivery> more;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        do {
            if (System.nanoTime() >= deadline) {
                throw new AssertionError("expected " + config.maxBytesInFlight() + " bytes in flight, got "
                        + bytesInFlight() + " in " + taken.size() + " deliveries");
            }
            more = engine.poll(QUIET);
            taken.addAll(more);
        } while (!more.isEmpty() || bytesInFlight() < config.maxBytesInFlight() * 9 / 10);
        return taken;
    }

    private long bytesInFlight() {
        return engine.progress().orElseThrow().bytesInFlight();
    }

    static List<String> values(List<Delivery> deliveries) {
        return deliveries.stream().map(Host::value).toList();
    }

    private static String value(Delivery delivery) {
        return new String(delivery.record().value(), StandardCharsets.UTF_8);
    }

    static String header(Delivery delivery, String name) {
        return delivery.record().headers().stream()
                .filter(header -> header.name().equals(name))
                .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                .reduce((a, b) -> a + " and " + b)
                .orElse("none");
    }

    @Override
    public void close() {
        engine.close();
    }
}
