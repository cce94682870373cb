package dev.outbox.relay.server;

import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.server.config.FailureConfig;
import dev.outbox.relay.server.config.OnRecordError;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What becomes of events that can't be delivered for what they are: {@code on-record-error}. One for each attempt, for
 * the stream's thread, but for {@link #refused} and {@link #deadLettered}, which acknowledgements call on the producer's.
 */
final class RecordPolicy {

    private static final Logger log = LoggerFactory.getLogger(RecordPolicy.class);

    private final String stream;
    private final OnRecordError onRecordError;
    private final Topics topics;
    private final DeadLetters deadLetters;
    private final PoisonedEvents poisoned;
    private final RecordErrorCounts counts;
    private final Tally tally;

    /** @param poisoned the stream's, over all attempts; so are the counts */
    RecordPolicy(
            String stream,
            FailureConfig config,
            Topics topics,
            PoisonedEvents poisoned,
            RecordErrorCounts counts,
            Tally tally) {
        this.stream = stream;
        this.onRecordError = config.onRecordError();
        this.topics = topics;
        this.deadLetters = new DeadLetters(stream, config.deadLetterTopic(), topics);
        this.poisoned = poisoned;
        this.counts = counts;
        this.tally = tally;
    }

    /**
     * Somebody is looking when a stream starts, and nobody at the first dead letter.
     *
     * @throws RelayException if dead letters are configured, and there is no topic for them
     */
    void start() {
        if (onRecordError == OnRecordError.DEAD_LETTER) {
            deadLetters.requireTopic();
        }
    }

    /** What is about to be sent. */
    void coming(List<Delivery> deliveries) {
        topics.coming(() -> deliveries.stream()
                .filter(delivery -> delivery.problem() == null)
                .map(delivery -> delivery.record().topic()));
    }

    /**
     * Why the event is not to be sent to its topic; null, in all but a few cases, if it is.
     *
     * @throws RelayException if its topic can't be had
     */
    @Nullable RecordException objection(Delivery delivery) {
        RelayException problem = delivery.problem();
        if (problem != null) {
            return RecordException.of(problem);
        }
        RecordException poison = poisoned.poison(delivery);
        if (poison != null) {
            return poison;
        }
        try {
            topics.requireTaken(delivery.record());
            return null;
        } catch (RecordException e) {
            return e;
        }
    }

    /** Whether the event is to be sent with nothing else under way, for then a refusal is certain to be its own. */
    boolean sendAlone(Delivery delivery) {
        return poisoned.isSuspect(delivery);
    }

    /**
     * What to send instead of the event; null to send nothing.
     *
     * @throws RelayException if the stream has to stop for it: the objection itself, or that there is no way for a dead
     *     letter
     */
    @Nullable RelayRecord divert(Delivery delivery, RecordException objection) {
        return switch (onRecordError) {
            case STOP -> {
                counts.refused(objection.reason());
                throw objection;
            }
            case DEAD_LETTER -> {
                RelayRecord letter = deadLetters.of(delivery, objection);
                tally.deadLettered(objection.reason(), delivery.position());
                yield letter;
            }
            case SKIP -> {
                tally.skipped(objection.reason(), delivery.position());
                say("Skipped", delivery, objection);
                yield null;
            }
        };
    }

    /** The event's dead letter is acknowledged. The producer's thread, which says so, is this stream's own. */
    void deadLettered(Delivery delivery, RecordException objection) {
        MDC.put("stream", stream);
        say("Dead-lettered", delivery, objection);
    }

    private static void say(String what, Delivery delivery, RecordException objection) {
        log.warn(
                "{} the event {} at {}: {}",
                what,
                KafkaErrors.id(delivery.salvaged()),
                delivery.position(),
                objection.what());
    }

    /**
     * A broker has refused the event, and the attempt ends: the next one diverts it.
     *
     * @param byCompany whether that may be the fault of another, which was refused before
     */
    void refused(Delivery delivery, RecordException why, boolean byCompany) {
        if (!byCompany) {
            counts.refused(why.reason());
        }
        if (onRecordError != OnRecordError.STOP) {
            poisoned.refused(delivery, why, byCompany);
        }
    }
}
