package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Preflight;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on behind a gap that somebody has accepted. */
final class Adoption {

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final RelayConfig config;
    private final StreamOpener opener;
    private final PositionStore store;

    Adoption(RelayConfig config, StreamOpener opener, PositionStore store) {
        this.config = config;
        this.opener = opener;
        this.store = store;
    }

    /** The gap ends where the stream begins again, and not where it was found: somebody may have thought for an hour. */
    Checkpoint adopt(Predicate<GapException> accept, BiConsumer<Checkpoint, GapRange> keep) {
        Optional<Checkpoint> known = store.peek();
        GapRange found;
        try {
            return look(Continuation::of, known.isEmpty(), (unchanged, seen) -> {});
        } catch (GapException gap) {
            if (!accept.test(gap)) {
                throw gap;
            }
            LOG.warn("Accepted: {}", gap.getMessage());
            found = gap.range();
        }
        Preflight.runAccepting(
                OpenStream.source(config, true),
                known.map(before -> before.source().publicationOid()).orElse(0L));
        return look(
                Continuation::accepting,
                true,
                (checkpoint, seen) -> keep.accept(checkpoint, found.until(seen, System.currentTimeMillis())));
    }

    /**
     * Holds the slot for as long as it takes to see where a stream would begin, and to keep that.
     *
     * @param keep is also told an LSN from which on nothing is left out
     */
    private Checkpoint look(
            Beginning.Rule rule, boolean createMissing, BiConsumer<Checkpoint, LogSequenceNumber> keep) {
        OpenStream open = OpenStream.open(config, opener, store, Optional.empty(), createMissing, rule);
        Beginning beginning = open.beginning();
        Checkpoint checkpoint = beginning.origin().checkpoint(beginning.before());
        try {
            return SlotKeeper.during(
                    open.stream(), OpenStream.statusInterval(config), OpenStream.threadName(config), () -> {
                        keep.accept(checkpoint, beginning.sighting().lsn());
                        return checkpoint;
                    });
        } finally {
            open.stream().close();
        }
    }
}
