package dev.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A host driven by hand: it takes deliveries and leaves acknowledging to the test. */
final class Host implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

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

    /** What arrives before the stream has been quiet for a while. */
    List<Delivery> takeUntilQuiet() {
        List<Delivery> taken = new ArrayList<>();
        List<Delivery> more = engine.poll(Duration.ofSeconds(1));
        while (!more.isEmpty()) {
            taken.addAll(more);
            more = engine.poll(Duration.ofMillis(500));
        }
        return taken;
    }

    static List<String> values(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(delivery -> new String(delivery.record().value(), StandardCharsets.UTF_8))
                .toList();
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
