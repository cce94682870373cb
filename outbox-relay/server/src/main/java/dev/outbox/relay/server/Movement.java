package dev.outbox.relay.server;

import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.StreamStatus.Health;
import dev.outbox.relay.server.status.StreamStatus.Lag;
import java.time.Duration;
import java.util.Optional;

/** Whether a stream moves where it has something to do. For one thread at a time, which looks again and again. */
final class Movement {

    private static final Duration BROKERS_LIMIT = Duration.ofSeconds(20);

    /** The server may be at a long transaction that is not ours. */
    private static final Duration SERVER_LIMIT = Duration.ofSeconds(60);

    private long delivered;
    private LogSequenceNumber received = LogSequenceNumber.INVALID;
    private LogSequenceNumber acknowledged = LogSequenceNumber.INVALID;
    private boolean brokersWaitedFor;
    private boolean serverWaitedFor;
    private long brokersMovedAt;
    private long serverMovedAt;

    Movement(long nanos) {
        brokersMovedAt = nanos;
        serverMovedAt = nanos;
    }

    /** @param done grows with each event that is dealt with */
    void look(long nanos, StreamState state, Optional<StreamProgress> progress, long done, long inFlight, Lag lag) {
        LogSequenceNumber nowReceived =
                progress.map(StreamProgress::receivedLsn).orElse(received);
        LogSequenceNumber nowAcknowledged =
                progress.map(StreamProgress::acknowledgedLsn).orElse(acknowledged);
        boolean runs = state == StreamState.RUNNING;
        brokersWaitedFor = runs && inFlight > 0;
        serverWaitedFor = runs && inFlight == 0 && lag.bytes().orElse(0) > 0;
        if (!brokersWaitedFor || done != delivered) {
            brokersMovedAt = nanos;
        }
        if (!serverWaitedFor
                || done != delivered
                || !nowReceived.equals(received)
                || !nowAcknowledged.equals(acknowledged)) {
            serverMovedAt = nanos;
        }
        delivered = done;
        received = nowReceived;
        acknowledged = nowAcknowledged;
    }

    /** How long records have been in flight without an acknowledgement, if that is too long; as of the last look. */
    Optional<Duration> brokersSilent(long nanos) {
        return longer(brokersWaitedFor, nanos - brokersMovedAt, BROKERS_LIMIT);
    }

    /** The same for a server whose log goes on, and that sends nothing of it. */
    Optional<Duration> serverSilent(long nanos) {
        return longer(serverWaitedFor, nanos - serverMovedAt, SERVER_LIMIT);
    }

    private static Optional<Duration> longer(boolean waited, long nanos, Duration limit) {
        Duration still = Duration.ofNanos(nanos);
        return waited && still.compareTo(limit) >= 0 ? Optional.of(still) : Optional.empty();
    }

    Health health(long nanos, StreamState state) {
        return switch (state) {
            case STANDBY, PAUSED -> Health.READY;
            case RUNNING ->
                brokersSilent(nanos)
                        .map(still -> new Health(
                                false, "no acknowledgement from the brokers for " + still.toSeconds() + " s"))
                        .or(() -> serverSilent(nanos)
                                .map(still ->
                                        new Health(false, "nothing from the database for " + still.toSeconds() + " s")))
                        .orElse(Health.READY);
            case STARTING -> new Health(false, "it has not come up");
            case FAILED -> new Health(false, "it has failed, and somebody has to mend what is wrong");
            case STOPPED -> new Health(false, "it has ended");
        };
    }
}
