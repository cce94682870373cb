package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Published;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Sighting;
import dev.outbox.relay.replication.Source;
import dev.outbox.relay.replication.SourceProbe;
import java.util.Optional;

/**
 * Where a generation begins, once the slot is held.
 *
 * @param origin what it reads
 * @param before what is delivered already
 * @param sighting what the server looked like
 */
record Beginning(StreamOrigin origin, Acknowledged before, Sighting sighting) {

    /** How to go on from a stored checkpoint. */
    @FunctionalInterface
    interface Rule {
        Acknowledged apply(Checkpoint stored, Found found);
    }

    /**
     * @param remembered a checkpoint of an earlier generation of this engine, for a host that stores none
     * @throws GapException if the rule finds one
     */
    static Beginning of(
            Source source, ReplicationStream stream, PositionStore store, Optional<Checkpoint> remembered, Rule rule) {
        Optional<Checkpoint> stored = store.take();
        Sighting sighting;
        Found found;
        try (SourceProbe probe = SourceProbe.connect(source)) {
            sighting = probe.look(Published.UNKNOWN);
            requireSameServer(source, stream, sighting);
            found = new Found(
                    source.address(),
                    identity(source, stream, sighting.published()),
                    stream.timeline(),
                    probe.confirmedLsn(),
                    sighting.lsn(),
                    sighting.inRecovery(),
                    source::timelineHistory);
        }
        if (stored.isEmpty()) {
            remembered.ifPresent(before -> Continuation.requireSameSource(before, found));
        }
        Acknowledged before = stored.map(checkpoint -> rule.apply(checkpoint, found))
                .orElseGet(() -> Acknowledged.at(found.slotLsn()));
        requirePublished(source, sighting.published());
        LogSequenceNumber checkedLsn = sighting.settled() ? sighting.lsn() : before.confirmableLsn();
        StreamOrigin origin = new StreamOrigin(found.identity(), stream.timeline(), checkedLsn);
        return new Beginning(origin, before, sighting);
    }

    private static void requireSameServer(Source source, ReplicationStream stream, Sighting sighting) {
        if (!sighting.server().equals(stream.server())) {
            throw new RelayException(
                    "Expected two connections to " + source.address() + " to reach the same server, found two: a"
                            + " fail-over is under way, or the address balances between servers. The stream needs one;"
                            + " name the primary, or all hosts with targetServerType=primary.",
                    true,
                    null);
        }
    }

    private static void requirePublished(Source source, Published published) {
        if (published.publicationOid() <= 0 || published.tableOid() <= 0) {
            throw new RelayException(
                    "The publication '" + source.publication() + "' or the table " + source.table() + " on "
                            + source.address() + " disappeared while the relay was looking at them.",
                    true,
                    null);
        }
    }

    private static SourceIdentity identity(Source source, ReplicationStream stream, Published published) {
        return new SourceIdentity(
                stream.systemIdentifier(),
                source.slot(),
                published.publicationOid(),
                published.entryOid(),
                published.tableOid());
    }

    /** Events at or before it are delivered already. */
    Position skipTo() {
        return new Position(origin.timeline(), before.commitLsn(), before.index());
    }
}
