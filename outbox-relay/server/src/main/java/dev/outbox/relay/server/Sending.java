package dev.outbox.relay.server;

import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayRecord;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Sends an attempt's events, each to its topic or where the policy has it go, and settles each by its acknowledgement. The
 * first that fails is the last: what waits behind it in the producer is not sent any more.
 *
 * <p>For the stream's thread, but for {@link #look}; acknowledgements arrive on the producer's.
 */
final class Sending {

    private static final long CHECK_NANOS = 1_000_000;

    private final Producer<byte[], byte[]> producer;
    private final PositionKeeper keeper;
    private final RecordPolicy policy;
    private final FirstFailure failure;
    private final AckTimeout ackTimeout;
    private final Suspension suspension;
    private final Progress progress;
    private final Tally tally;
    private final Stop stop;
    private final boolean transactions;
    private final Thread host = Thread.currentThread();
    private final AtomicLong inFlight = new AtomicLong();

    Sending(
            Producer<byte[], byte[]> producer,
            PositionKeeper keeper,
            RecordPolicy policy,
            FirstFailure failure,
            AckTimeout ackTimeout,
            Suspension suspension,
            Progress progress,
            Tally tally,
            Stop stop,
            boolean transactions) {
        this.producer = producer;
        this.keeper = keeper;
        this.policy = policy;
        this.failure = failure;
        this.ackTimeout = ackTimeout;
        this.suspension = suspension;
        this.progress = progress;
        this.tally = tally;
        this.stop = stop;
        this.transactions = transactions;
    }

    /** The events that are sent and not settled. From any thread. */
    AtomicLong inFlight() {
        return inFlight;
    }

    /** @throws RelayException if this or an earlier one has failed */
    void send(Delivery delivery) {
        throwIfFailed();
        inFlight.incrementAndGet();
        try {
            keeper.sending();
            RecordException objection = policy.objection(delivery);
            if (objection != null) {
                divert(delivery, objection);
            } else if (policy.sendAlone(delivery)) {
                awaitInFlight(1);
                throwIfFailed();
                send(delivery, delivery.record(), null);
                awaitInFlight(0);
            } else {
                send(delivery, delivery.record(), null);
            }
        } catch (RelayException e) {
            // What comes before it would come again with each attempt otherwise.
            awaitInFlight(1);
            storeOthers();
            failed(delivery, e);
            return;
        } catch (RuntimeException e) {
            failed(delivery, e);
            return;
        }
        keeper.sent(delivery);
    }

    private void storeOthers() {
        if (inFlight.get() == 1 && !failure.isNoted()) {
            boolean unused = keeper.settle(stop.left());
        }
    }

    private void divert(Delivery delivery, RecordException objection) {
        RelayRecord letter = policy.divert(delivery, objection);
        if (letter == null) {
            delivery.ack();
            inFlight.decrementAndGet();
        } else {
            send(delivery, letter, objection);
        }
    }

    /** @param objection why the record is a dead letter, or null if it is the event itself */
    private void send(Delivery delivery, RelayRecord record, @Nullable RecordException objection) {
        AtomicLong sent = ackTimeout.sending();
        var unused = producer.send(KafkaRecords.of(record), (metadata, error) -> {
            AckTimeout.answered(sent);
            long now = System.currentTimeMillis();
            if (suspension.noticed(now)) {
                // Before the producer's thread sends another batch.
                end(Suspension.sentence());
            }
            if (error == null) {
                acknowledged(delivery, now, metadata, objection);
            } else {
                failed(delivery, objection == null ? error : KafkaErrors.deadLetterRefused(record, error));
            }
        });
    }

    private void acknowledged(
            Delivery delivery, long now, RecordMetadata metadata, @Nullable RecordException objection) {
        delivery.ack();
        progress.acknowledged(now - delivery.committedAtMillis());
        if (objection == null) {
            tally.relayed(metadata.serializedKeySize() + Math.max(0, metadata.serializedValueSize()));
        } else {
            policy.deadLettered(delivery, objection);
        }
        inFlight.decrementAndGet();
    }

    /** The first failure ends the attempt; those after it are its consequences, but may say more. */
    private void failed(Delivery delivery, Exception error) {
        RelayException sentence = KafkaErrors.refused(delivery.salvaged(), error);
        if (sentence instanceof RecordException refused && !(error instanceof RelayException)) {
            policy.refused(delivery, refused, transactions && failure.isNoted());
        }
        if (failure.note(sentence)) {
            delivery.fail(sentence);
            if (Thread.currentThread() != host) {
                keeper.refused();
            }
        }
        inFlight.decrementAndGet();
    }

    /** Ends the sending if the slot may be another's, or if a record waits too long. From any thread. */
    void look() {
        if (suspension.noticed()) {
            end(Suspension.sentence());
        }
        ackTimeout.overdue().ifPresent(this::end);
    }

    private void end(RelayException why) {
        failure.note(why);
        keeper.cut();
    }

    /** @throws RelayException what has failed, if anything has; nothing is sent after that */
    void throwIfFailed() {
        look();
        if (failure.isNoted()) {
            // Ends the producer's thread, and with it the last callback, which may be the one that names the cause.
            keeper.abandon();
            failure.throwIfNoted();
        }
    }

    /** Waits for all acknowledgements, for as long as the stop allows; returns whether they have come. */
    boolean drain() {
        while (inFlight.get() > 0 && !stop.left().isZero()) {
            throwIfFailed();
            LockSupport.parkNanos(CHECK_NANOS);
        }
        // What has failed is not in flight either.
        throwIfFailed();
        return inFlight.get() == 0;
    }

    private void awaitInFlight(long atMost) {
        while (inFlight.get() > atMost && !failure.isNoted() && !stop.requested()) {
            look();
            LockSupport.parkNanos(CHECK_NANOS);
        }
    }
}
