package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.Optional;

/** Whether a stream can go on from a checkpoint on what was found, with nothing lost between the two. */
final class Continuation {

    private final Checkpoint stored;
    private final Found found;

    private Continuation(Checkpoint stored, Found found) {
        this.stored = stored;
        this.found = found;
    }

    /**
     * Where the stream goes on, on the server's timeline.
     *
     * @throws GapException if anything was or may be lost, which it names
     */
    static Acknowledged of(Checkpoint stored, Found found) {
        Continuation continuation = new Continuation(stored, found);
        continuation.requireServer();
        LogSequenceNumber limit = continuation.requireTimeline();
        continuation.requireSlot(limit);
        continuation.requirePublished();
        return continuation.from(limit);
    }

    /**
     * Sees that the same is read as before, where no position is kept that could be compared.
     *
     * @throws GapException if it is not
     */
    static void requireSameSource(Checkpoint before, Found found) {
        Continuation continuation = new Continuation(before, found);
        continuation.requireServer();
        continuation.requirePublished();
    }

    /** Where the stream goes on when whatever was lost is accepted: what is known to be delivered is still skipped. */
    static Acknowledged accepting(Checkpoint stored, Found found) {
        Continuation continuation = new Continuation(stored, found);
        Acknowledged slot = Acknowledged.at(found.slotLsn());
        if (!continuation.isSameServer() || continuation.isBehind()) {
            return slot;
        }
        return continuation
                .limit()
                .map(limit -> continuation.from(LogSequenceNumber.max(limit, found.slotLsn())))
                .or(() -> continuation.delivered().map(Acknowledged::at))
                .orElse(slot);
    }

    /** Where the last event delivered is on a lost branch: all that both have in common came before it. */
    private Optional<LogSequenceNumber> delivered() {
        return fork().map(fork -> LogSequenceNumber.max(fork, found.slotLsn()));
    }

    private Acknowledged from(LogSequenceNumber limit) {
        Position position = stored.position();
        return new Acknowledged(limit, position.commitLsn(), position.index(), stored.committedAtMillis());
    }

    private boolean isSameServer() {
        return stored.source().systemIdentifier().equals(found.identity().systemIdentifier());
    }

    private void requireServer() {
        if (!isSameServer()) {
            throw gap("Expected the server of system identifier "
                    + stored.source().systemIdentifier() + " that the checkpoint was made with at " + found.address()
                    + ", found " + found.identity().systemIdentifier()
                    + ": another server, or one that was upgraded or set up anew. The checkpoint says nothing of it.");
        }
    }

    /** Up to where the slot may have been confirmed, on the server's timeline; empty if the histories diverged. */
    private Optional<LogSequenceNumber> limit() {
        Position position = stored.position();
        if (position.timeline() == found.timeline()) {
            return Optional.of(stored.confirmableLsn());
        }
        return fork().filter(fork -> {
                    // The last delivered event is part of both if its commit record begins before the fork.
                    int order = position.commitLsn().compareTo(fork);
                    return order < 0 || (order == 0 && position.index() < 0);
                })
                .map(fork -> LogSequenceNumber.min(stored.confirmableLsn(), fork));
    }

    private Optional<LogSequenceNumber> fork() {
        return found.history().apply(found.timeline()).fork(stored.position().timeline());
    }

    private LogSequenceNumber requireTimeline() {
        if (isBehind()) {
            throw new GapException(
                    "Expected the log of " + found.address() + " to go beyond the checkpoint's "
                            + LogSequenceNumber.max(
                                    stored.confirmableLsn(), stored.position().commitLsn())
                            + ", found that it ends at " + found.currentLsn()
                            + " of the same timeline: the server was restored from an older copy. What had committed"
                            + " on it since is gone, though relayed; what commits now is not told from it.",
                    range(found.slotLsn()),
                    null);
        }
        return limit().orElseThrow(() -> {
            Optional<LogSequenceNumber> fork = fork();
            return new GapException(
                    "Expected the server at " + found.address() + " to have in its history the last event delivered,"
                            + " at " + stored.position() + ", found it on timeline " + found.timeline() + ", which "
                            + fork.map(at ->
                                            "left timeline " + stored.position().timeline() + " before, at " + at)
                                    .orElse("does not come from timeline "
                                            + stored.position().timeline())
                            + ": it was promoted without the last of the log, or restored to an earlier point. Events"
                            + " relayed since exist no more in the database.",
                    range(fork.orElse(found.slotLsn())),
                    null);
        });
    }

    private boolean isBehind() {
        return !found.inRecovery()
                && stored.position().timeline() == found.timeline()
                && (found.currentLsn().compareTo(stored.confirmableLsn()) < 0 || lacksLastEvent());
    }

    /** Where the position lies inside a transaction, everything that may be confirmed ends before that. */
    private boolean lacksLastEvent() {
        return stored.position().index() >= 0
                && found.currentLsn().compareTo(stored.position().commitLsn()) <= 0;
    }

    private void requireSlot(LogSequenceNumber limit) {
        if (found.slotLsn().compareTo(limit) > 0) {
            throw gap("Expected the slot '" + found.identity().slot() + "' on " + found.address()
                    + " to be confirmed no further than " + limit + ", as this stream left it, found it at "
                    + found.slotLsn() + ": somebody else has moved it or made it anew.");
        }
    }

    private void requirePublished() {
        SourceIdentity before = stored.source();
        SourceIdentity now = found.identity();
        requireSame("publication", before.publicationOid(), now.publicationOid(), "made anew");
        requireSame("table", before.tableOid(), now.tableOid(), "made anew");
        requireSame(
                "table's entry in the publication",
                before.entryOid(),
                now.entryOid(),
                "taken out of the publication and put back");
    }

    private void requireSame(String what, long before, long now, String happened) {
        if (before != now) {
            throw gap("Expected the " + what + " of OID " + before + " that this stream was read with on "
                    + found.address() + ", found " + (now <= 0 ? "none" : "OID " + now) + ": it was "
                    + (now <= 0 ? "dropped" : happened) + ", and what committed meanwhile is not sent.");
        }
    }

    private GapException gap(String message) {
        return new GapException(
                message, range(LogSequenceNumber.min(stored.confirmableLsn(), stored.checkedLsn())), null);
    }

    private GapRange range(LogSequenceNumber after) {
        return new GapRange(
                LogSequenceNumber.min(after, stored.confirmableLsn()),
                stored.committedAtMillis(),
                found.currentLsn(),
                System.currentTimeMillis());
    }
}
