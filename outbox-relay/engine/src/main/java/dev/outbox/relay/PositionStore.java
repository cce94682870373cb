package dev.outbox.relay;

import java.util.Optional;

/**
 * Where a host keeps a stream's checkpoint. Called by {@link RelayEngine#start} on the host's thread, which may take its
 * time: the slot's status is kept alive meanwhile. What they throw ends the start.
 */
public interface PositionStore {

    /** For a host that keeps no position: the slot alone says what is delivered, and is confirmed at once. */
    PositionStore NONE = new PositionStore() {

        @Override
        public Optional<Checkpoint> peek() {
            return Optional.empty();
        }

        @Override
        public Optional<Checkpoint> take() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "PositionStore.NONE";
        }
    };

    /**
     * The checkpoint stored last, without claiming anything: asked before publication or slot are made, which must not
     * happen where a checkpoint says that there were some.
     */
    Optional<Checkpoint> peek();

    /**
     * Shuts out whoever stored before, and returns what was stored last. Called with the slot held, which is the lock
     * between relays: only its holder may shut out others.
     */
    Optional<Checkpoint> take();
}
