package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a topic was deleted while the stream writes to it. The producer waits for it as it does for brokers that are
 * away, and nothing behind is confirmed; the next attempt makes it again, or says that it is missing. The brokers are asked
 * only where confirmations have stood still for as long as the producer waits for a topic that it does not know.
 *
 * <p>For the stream's thread.
 */
final class DeletedTopics {

    private static final Logger log = LoggerFactory.getLogger(DeletedTopics.class);
    private static final int LOOKS = 10;

    private final Supplier<List<String>> missing;
    private final Supplier<Optional<StreamProgress>> progress;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private LogSequenceNumber confirmed = LogSequenceNumber.INVALID;
    private long movedAt;
    private long lookedAt;

    /**
     * @param missing asks the brokers for those of the stream's topics that are not there; may throw a {@link KafkaException}
     * @param patience how long confirmations may stand still
     */
    DeletedTopics(
            Supplier<List<String>> missing,
            Supplier<Optional<StreamProgress>> progress,
            Duration patience,
            LongSupplier nanoTime) {
        this.missing = missing;
        this.progress = progress;
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
        this.movedAt = nanoTime.getAsLong();
        this.lookedAt = movedAt;
    }

    /**
     * To be called often.
     *
     * @throws RelayException if the stream stands still, and a topic is gone
     */
    void look() {
        long now = nanoTime.getAsLong();
        if (now - lookedAt < patienceNanos / LOOKS) {
            return;
        }
        lookedAt = now;
        if (hasMoved()) {
            movedAt = now;
        } else if (now - movedAt >= patienceNanos) {
            movedAt = now;
            requireThere();
        }
    }

    private boolean hasMoved() {
        StreamProgress found = progress.get().orElse(null);
        if (found == null || found.confirmedLsn().compareTo(found.receivedLsn()) >= 0) {
            return true;
        }
        boolean moved = !found.confirmedLsn().equals(confirmed);
        confirmed = found.confirmedLsn();
        return moved;
    }

    /** @throws RelayException if a topic is gone; brokers that don't answer are waited for as before */
    void requireThere() {
        List<String> gone;
        try {
            gone = missing.get();
        } catch (KafkaException e) {
            log.debug("The brokers could not be asked for the stream's topics.", e);
            gone = List.of();
        }
        if (!gone.isEmpty()) {
            throw new RelayException(
                    "Expected every topic that the stream has written to, found that the brokers don't have "
                            + String.join(", ", gone) + " any more. The stream begins again behind what is confirmed,"
                            + " and makes what is missing where create-topics allows it.",
                    true,
                    null);
        }
    }
}
