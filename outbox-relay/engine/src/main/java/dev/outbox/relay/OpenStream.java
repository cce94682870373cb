package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Preflight;
import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Source;
import java.time.Duration;
import java.util.Optional;

/**
 * A slot that is held, and where its stream begins.
 *
 * @param source what is read
 * @param stream holds the slot; nothing has been read from it
 * @param beginning where it begins
 */
record OpenStream(Source source, ReplicationStream stream, Beginning beginning) {

    private static final Duration LONGEST_STATUS_INTERVAL = Duration.ofSeconds(1);
    private static final int STATUSES_IN_TIMEOUT = 6;

    /**
     * Checks the server, takes the slot, and then asks the store where to begin.
     *
     * @param remembered a checkpoint of an earlier generation of this engine
     * @param createMissing whether to make publication and slot where they are missing
     * @throws GapException if events were or may be lost since the checkpoint
     */
    static OpenStream open(
            RelayConfig config,
            StreamOpener opener,
            PositionStore store,
            Optional<Checkpoint> remembered,
            boolean createMissing,
            Beginning.Rule rule) {
        Source source = source(config, createMissing);
        try {
            Preflight.run(source);
            ReplicationStream stream = opener.open(source, statusInterval(config));
            try {
                Beginning beginning = SlotKeeper.during(
                        stream,
                        statusInterval(config),
                        threadName(config),
                        () -> Beginning.of(source, stream, store, remembered, rule));
                return new OpenStream(source, stream, beginning);
            } catch (GapException gap) {
                // In order: whoever accepts the gap takes the slot next, which a cut connection holds a while longer.
                stream.close();
                throw gap;
            } catch (RuntimeException | Error e) {
                stream.abort();
                throw e;
            }
        } catch (ReplicationException e) {
            LogSequenceNumber gapAfter = e.gapAfter();
            if (gapAfter == null) {
                throw e;
            }
            throw new GapException(Failures.message(e), range(store.peek().or(() -> remembered), gapAfter), e);
        }
    }

    static Source source(RelayConfig config, boolean createMissing) {
        return new Source(
                config.url(),
                config.username(),
                config.password(),
                config.connectionProperties(),
                config.slot(),
                config.publication(),
                config.table(),
                config.walSenderTimeout(),
                createMissing);
    }

    private static GapRange range(Optional<Checkpoint> known, LogSequenceNumber serverSays) {
        LogSequenceNumber after = known.map(
                        checkpoint -> LogSequenceNumber.min(checkpoint.confirmableLsn(), checkpoint.checkedLsn()))
                .orElse(serverSays);
        return new GapRange(
                after,
                known.map(Checkpoint::committedAtMillis).orElse(0L),
                LogSequenceNumber.INVALID,
                System.currentTimeMillis());
    }

    /** How often the server gets a sign of life, and is asked for one. */
    static Duration statusInterval(RelayConfig config) {
        Duration part = config.walSenderTimeout().dividedBy(STATUSES_IN_TIMEOUT);
        return part.compareTo(LONGEST_STATUS_INTERVAL) < 0 ? part : LONGEST_STATUS_INTERVAL;
    }

    static String threadName(RelayConfig config) {
        return "outbox-relay-" + config.slot();
    }
}
