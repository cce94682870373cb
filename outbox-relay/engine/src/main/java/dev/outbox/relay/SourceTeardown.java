package dev.outbox.relay;

import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.Source;
import dev.outbox.relay.replication.SourceRemover;
import java.util.Optional;

/** Takes away what a stream had in its database. Connects for each call. */
public final class SourceTeardown {

    private final Source source;

    /** A teardown of one stream. Connects to nothing. */
    public SourceTeardown(RelayConfig config) {
        this.source = OpenStream.source(config, true);
    }

    /**
     * What the slot still keeps, in words; empty if there is none.
     *
     * @throws SlotHeldException if a relay streams from it
     * @throws RelayException if the server can't be asked, or the slot is another's
     */
    public Optional<String> idleSlot() {
        try {
            return new SourceRemover(source).idleSlot();
        } catch (ReplicationException e) {
            throw Failures.of(e);
        }
    }

    /**
     * Drops the slot, and with it what was not relayed; returns whether there was one.
     *
     * @throws SlotHeldException if a relay streams from it
     * @throws RelayException if it can't be dropped
     */
    public boolean dropSlot() {
        try {
            return new SourceRemover(source).dropSlot();
        } catch (ReplicationException e) {
            throw Failures.of(e);
        }
    }

    /**
     * Drops the publication; returns whether there was one.
     *
     * @param admin its owner, or who may as well
     * @throws RelayException if it can't be dropped
     */
    public boolean dropPublication(Login admin) {
        try {
            return new SourceRemover(source.of(admin.url(), admin.username(), admin.password())).dropPublication();
        } catch (ReplicationException e) {
            throw Failures.of(e);
        }
    }
}
