package dev.outbox.relay.server.status;

import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.StreamProgress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How a stream is. Immutable; holds nothing of a payload, and no secret.
 *
 * @param name the stream's name
 * @param state what it is about
 * @param since when it came to be so
 * @param health whether all is as it should be
 * @param paused who has paused it, if somebody has
 * @param lastError the last failure that ended an attempt, whether or not it is mended
 * @param progress how far it is; empty before the first start
 * @param slot what the server told of its slot, if it has lately
 * @param lag what it is behind
 * @param traffic what goes through
 * @param troubles what went wrong so far
 */
public record StreamStatus(
        String name,
        StreamState state,
        Instant since,
        Health health,
        Optional<Paused> paused,
        Optional<Failure> lastError,
        Optional<StreamProgress> progress,
        Optional<SlotStatus> slot,
        Lag lag,
        Traffic traffic,
        Troubles troubles) {

    /**
     * Whether the stream is well.
     *
     * @param ready whether the stream does what it is there for: it moves, has nothing to do, or stands by
     * @param why what is wrong otherwise; empty if it is ready
     */
    public record Health(boolean ready, String why) {

        /** All is well. */
        public static final Health READY = new Health(true, "");
    }

    /**
     * What ended an attempt.
     *
     * @param message a sentence
     * @param at when
     */
    public record Failure(String message, Instant at) {}

    /**
     * What the stream is behind.
     *
     * @param bytes of the server's log that are not known to hold nothing that is undelivered; empty if it can't be asked
     * @param seconds since the time of which everything that committed before is known to be delivered; 0 where nothing
     *     waits, empty if no such time is known
     */
    public record Lag(OptionalLong bytes, OptionalDouble seconds) {}

    /**
     * What goes through.
     *
     * @param events acknowledged by their topics
     * @param bytes of their keys and values
     * @param eventsPerSecond over the last seconds
     * @param bytesPerSecond over the last seconds
     * @param inFlightEvents sent and not acknowledged
     * @param inFlightBytes the room that is taken by what is read and not acknowledged
     * @param latency from commit to acknowledgement
     */
    public record Traffic(
            long events,
            long bytes,
            double eventsPerSecond,
            double bytesPerSecond,
            long inFlightEvents,
            long inFlightBytes,
            Latency.Snapshot latency) {}

    /**
     * What went wrong since the process began.
     *
     * @param errors failures that ended an attempt
     * @param restarts attempts after the first, whatever for
     * @param retries records that the producer has sent again
     * @param deadLettered events that went to the dead-letter topic, by reason
     * @param skipped events that were skipped, by reason
     * @param refused attempts that ended for an event, by reason
     */
    public record Troubles(
            long errors,
            long restarts,
            long retries,
            Map<String, Long> deadLettered,
            Map<String, Long> skipped,
            Map<String, Long> refused) {}
}
