package dev.outbox.relay.faults;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Events larger than their topic allows, with good ones of the same aggregate before and behind: one that is larger than the
 * relay knows to be allowed, and one that only the broker refuses, for the limit was lowered meanwhile.
 */
final class OversizedRecord {

    enum Policy {
        STOP,
        DEAD_LETTER,
        SKIP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final String LIMIT = "max.message.bytes";
    private static final int ALLOWED = 64 * 1024;
    private static final int LOWERED = 32 * 1024;
    private static final int RAISED = 1024 * 1024;
    private static final int BEYOND_ALLOWED = 80 * 1024;
    private static final int BEYOND_LOWERED = 48 * 1024;

    private OversizedRecord() {}

    static Fault fault(Policy policy) {
        Fault.Builder fault = Fault.named("data: record over the size limit, " + policy).stream(
                        "on-record-error: " + policy)
                .topic(LIMIT, String.valueOf(ALLOWED))
                .tidy(target -> target.alterTopics(LIMIT, String.valueOf(ALLOWED)));
        return switch (policy) {
            case STOP ->
                fault.inject(OversizedRecord::stopFor)
                        .heal(target -> target.alterTopics(LIMIT, String.valueOf(RAISED)))
                        .end(Contents::requireUnchanged)
                        .build();
            case DEAD_LETTER ->
                fault.inject(target -> {
                            for (UUID id : writeBoth(target, false)) {
                                target.await(
                                        "a dead letter", () -> target.reader().hasDeadLetter(id));
                            }
                        })
                        .end(OversizedRecord::requireWholeDeadLetters)
                        .build();
            case SKIP ->
                fault.inject(target -> {
                            int mark = target.relay().mark();
                            for (UUID id : writeBoth(target, true)) {
                                target.relay().awaitSaying(mark, "Skipped the event " + id);
                            }
                        })
                        .end(Contents::requireUnchanged)
                        .build();
        };
    }

    /** From the second round on it is the broker that refuses: the relay has seen the limit that was raised. */
    private static void stopFor(Target target) {
        int mark = target.relay().mark();
        Event oversized = write(target, BEYOND_ALLOWED);
        target.relay().awaitSaying(mark, oversized.id().toString());
        target.load().awaitCommits(20);
        if (target.reader().has(oversized.id())) {
            throw new AssertionError(
                    "expected the stream to stop for the event " + oversized.id() + ", found it relayed");
        }
    }

    /** Returns the ids of those that are too large. */
    private static List<UUID> writeBoth(Target target, boolean forbidden) throws Exception {
        Event known = write(target, BEYOND_ALLOWED);
        target.alterTopics(LIMIT, String.valueOf(LOWERED));
        Event refused = write(target, BEYOND_LOWERED);
        if (forbidden) {
            target.truth().forbid(List.of(known, refused));
        }
        return List.of(known.id(), refused.id());
    }

    /** Between good ones; returns the oversized one. */
    private static Event write(Target target, int size) {
        Event oversized = Event.of("Order", "oversized", incompressible(target.random(), size));
        List<Event> committed =
                target.load().commit(List.of(good(), oversized, good())).events();
        target.load().commit(List.of(good()));
        return committed.get(1);
    }

    private static Event good() {
        return Event.of("Order", "oversized", "{}");
    }

    /** Brokers measure what is compressed. */
    private static String incompressible(Random random, int size) {
        byte[] bytes = new byte[size / 2];
        random.nextBytes(bytes);
        return '"' + HexFormat.of().formatHex(bytes) + '"';
    }

    /** None but the large ones are set aside, and those with all that they have. */
    private static void requireWholeDeadLetters(Target target) {
        Contents.requireUnchanged(target);
        for (ConsumerRecord<byte[], byte[]> letter : target.reader().deadLetters()) {
            int size = Reader.text(letter.value()).length();
            if (size <= LOWERED || !Contents.reason(letter).equals("size")) {
                throw new AssertionError("expected only events that are too large to be dead letters, found "
                        + Reader.id(letter) + " of " + size + " bytes for the reason " + Contents.reason(letter));
            }
        }
    }
}
