package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Published;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Source;
import java.util.Optional;

/**
 * Where a generation begins, once the slot is held.
 *
 * @param origin what it reads
 * @param before what is delivered already
 */
record Beginning(StreamOrigin origin, Acknowledged before) {

    static Beginning of(Source source, Published published, ReplicationStream stream, PositionStore store) {
        SourceIdentity identity = new SourceIdentity(
                stream.systemIdentifier(),
                source.slot(),
                published.publicationOid(),
                published.entryOid(),
                published.tableOid());
        Optional<Checkpoint> stored = store.take();
        stored.ifPresent(known -> requireTimeline(known.position(), stream.timeline()));
        StreamOrigin origin = new StreamOrigin(identity, stream.timeline(), new LogSequenceNumber(-1));
        return new Beginning(
                origin, stored.map(Acknowledged::at).orElseGet(() -> Acknowledged.at(source.confirmedLsn())));
    }

    private static void requireTimeline(Position position, int timeline) {
        if (position.timeline() != timeline) {
            throw new RelayException(
                    "Expected the server to be on timeline " + position.timeline() + " of the position " + position
                            + ", found timeline " + timeline + ": it was promoted or restored since. Its LSNs can't be"
                            + " compared with the position's; start without a position to get everything that is not"
                            + " confirmed.",
                    false,
                    null);
        }
    }

    /** Events at or before it are delivered already. */
    Position skipTo() {
        return new Position(origin.timeline(), before.commitLsn(), before.index());
    }
}
