package dev.outbox.relay.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import dev.outbox.relay.pgoutput.PgOutputMessage.Commit;
import dev.outbox.relay.pgoutput.PgOutputMessage.Delete;
import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import dev.outbox.relay.pgoutput.PgOutputMessage.Message;
import dev.outbox.relay.pgoutput.PgOutputMessage.Update;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A million broken messages: each is decoded, and read to its last column, or is refused with a
 * MalformedMessageException; nothing else comes out. System properties {@code pgoutput.fuzz.seed} and
 * {@code pgoutput.fuzz.iterations} repeat or extend a run; the seed is fixed otherwise.
 */
class PgOutputFuzzTest {

    private static final long SEED = Long.getLong("pgoutput.fuzz.seed", 20_000_101L);
    private static final int ITERATIONS = Integer.getInteger("pgoutput.fuzz.iterations", 1_000_000);

    /** Of the messages and of the exceptions; the longest sample is below 1 KiB. */
    private static final long MOST_BYTES_ALLOCATED_EACH = 16 * 1024;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final PgOutputDecoder decoder = new PgOutputDecoder();

    private enum Outcome {
        DECODED,
        DECODED_BUT_TEXT_MALFORMED,
        REFUSED
    }

    @Test
    void broken_messages_are_decoded_or_refused_and_nothing_else() {
        System.out.println("pgoutput.fuzz.seed=" + SEED + " pgoutput.fuzz.iterations=" + ITERATIONS);
        List<byte[]> samples = List.copyOf(Samples.all().values());
        MessageMutator mutator = new MessageMutator(new SplittableRandom(SEED), samples);
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        Map<String, Integer> decodedTypes = new TreeMap<>();
        for (int i = 0; i < ITERATIONS; i++) {
            byte[] bytes = mutator.next();
            long before = allocatedBytes();
            Outcome outcome = tryOut(bytes, i, decodedTypes);
            if (allocatedBytes() - before > MOST_BYTES_ALLOCATED_EACH) {
                assertAllocatesLittle(bytes, i);
            }
            outcomes.merge(outcome, 1, Integer::sum);
        }
        System.out.println("pgoutput.fuzz outcomes " + outcomes + ", decoded " + decodedTypes);
        assertThat(outcomes.getOrDefault(Outcome.DECODED, 0))
                .as("mutants that are decoded")
                .isGreaterThan(ITERATIONS / 10);
        assertThat(outcomes.getOrDefault(Outcome.REFUSED, 0))
                .as("mutants that are refused")
                .isGreaterThan(ITERATIONS / 10);
        assertThat(outcomes.getOrDefault(Outcome.DECODED_BUT_TEXT_MALFORMED, 0))
                .as("late refusals")
                .isPositive();
        assertThat(decodedTypes).as("types among the decoded").hasSize(10);
    }

    /** A second time, since the first use of a class or of a string concatenation allocates as well. */
    private void assertAllocatesLittle(byte[] bytes, int iteration) {
        long before = allocatedBytes();
        tryOut(bytes, iteration, new TreeMap<>());
        assertThat(allocatedBytes() - before)
                .as("%s: bytes allocated", describe(bytes, iteration))
                .isLessThan(MOST_BYTES_ALLOCATED_EACH);
    }

    private Outcome tryOut(byte[] bytes, int iteration, Map<String, Integer> decodedTypes) {
        PgOutputMessage message;
        try {
            message = decoder.decode(ByteBuffer.wrap(bytes));
        } catch (MalformedMessageException e) {
            return Outcome.REFUSED;
        } catch (Throwable t) {
            throw new AssertionError(describe(bytes, iteration) + " was answered with " + t, t);
        }
        decodedTypes.merge(message.getClass().getSimpleName(), 1, Integer::sum);
        try {
            readWhole(message);
            return Outcome.DECODED;
        } catch (MalformedMessageException e) {
            return Outcome.DECODED_BUT_TEXT_MALFORMED;
        } catch (Throwable t) {
            throw new AssertionError(describe(bytes, iteration) + " was decoded, but reading it threw " + t, t);
        }
    }

    private static void readWhole(PgOutputMessage message) {
        if (message instanceof Begin begin) {
            begin.commitInstant();
            begin.commitUnixMillis();
        } else if (message instanceof Commit commit) {
            commit.commitInstant();
        } else if (message instanceof Message logical) {
            if (logical.copyContent().length != logical.content().remaining()) {
                throw new IllegalStateException("Copy of the content");
            }
        } else if (message instanceof Insert insert) {
            readColumns(insert.newTuple());
        } else if (message instanceof Update update) {
            readColumns(update.key());
            readColumns(update.oldTuple());
            readColumns(update.newTuple());
        } else if (message instanceof Delete delete) {
            readColumns(delete.key());
            readColumns(delete.oldTuple());
        }
        if (message.toString().isEmpty()) {
            throw new IllegalStateException("Text form");
        }
    }

    private static void readColumns(@Nullable TupleData tuple) {
        if (tuple == null) {
            return;
        }
        MalformedMessageException firstMalformedText = null;
        for (int i = 0; i < tuple.columnCount(); i++) {
            if ("ntub".indexOf(tuple.kind(i)) < 0) {
                throw new IllegalStateException("Kind of column " + i);
            }
            if (tuple.hasValue(i)) {
                byte[] copy = tuple.copy(i);
                if (copy.length != tuple.length(i) || !tuple.contentEquals(i, copy)) {
                    throw new IllegalStateException("Copy of column " + i);
                }
                try {
                    tuple.text(i);
                } catch (MalformedMessageException e) {
                    firstMalformedText = e;
                }
            }
        }
        if (firstMalformedText != null) {
            throw firstMalformedText;
        }
    }

    private static String describe(byte[] bytes, int iteration) {
        return "With -Dpgoutput.fuzz.seed=" + SEED + ", iteration " + iteration + ", the input "
                + HexFormat.of().formatHex(bytes);
    }

    private static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
