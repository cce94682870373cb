package dev.outbox.relay;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that remembers for as long as the test runs. */
final class MemoryStore implements PositionStore {

    private volatile @Nullable Checkpoint stored;

    static MemoryStore of(Checkpoint checkpoint) {
        MemoryStore store = new MemoryStore();
        store.stored = checkpoint;
        return store;
    }

    /** Stores while no engine runs. */
    void store(Checkpoint checkpoint) {
        stored = checkpoint;
    }

    /** Stores, and lets the engine know. */
    void store(RelayEngine engine, Checkpoint checkpoint) {
        stored = checkpoint;
        engine.stored(checkpoint);
    }

    @Override
    public Optional<Checkpoint> peek() {
        return Optional.ofNullable(stored);
    }

    @Override
    public Optional<Checkpoint> take() {
        return peek();
    }
}
