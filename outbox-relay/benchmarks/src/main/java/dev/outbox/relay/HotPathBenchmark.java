package dev.outbox.relay;

import dev.outbox.relay.benchmarks.PgOutputSamples;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputDecoder;
import dev.outbox.relay.pgoutput.PgOutputMessage;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import dev.outbox.relay.pgoutput.RelationCache;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the engine does for each event, part by part. In the engine's package, as the parts are nobody else's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HotPathBenchmark {

    private static final Begin BEGIN = new Begin(new LogSequenceNumber(1_000), 0, 700);

    private final List<ByteBuffer> inserts = PgOutputSamples.inserts();
    private final PgOutputDecoder decoder = new PgOutputDecoder();
    private final RelationCache relations = new RelationCache();
    private final RecordReader reader = new RecordReader(
            RelayConfig.builder("jdbc:postgresql://localhost/any").build(), PgOutputSamples.RELATION_ID);
    private final AckTracker acks = new AckTracker(Acknowledged.at(LogSequenceNumber.INVALID));
    private int next;
    private long lsn;

    /** Where decoding and routing begin. */
    public HotPathBenchmark() {
        relations.put((Relation) decoder.decode(PgOutputSamples.relation()));
    }

    /** An Insert message of 200 bytes of payload. */
    @Benchmark
    public PgOutputMessage decode() {
        return decoder.decode(nextInsert());
    }

    /** The same, and the record that is made of it. */
    @Benchmark
    public RelayRecord decodeAndRoute() {
        Insert insert = (Insert) decoder.decode(nextInsert());
        Relation relation = relations.get(insert.relationId(), insert.newTuple());
        return reader.read(relation, insert.newTuple(), BEGIN);
    }

    /** A transaction of one event, from its Begin until it may be confirmed. */
    @Benchmark
    public Acknowledged acknowledge() {
        lsn += 2;
        acks.begin();
        TransactionSegment segment = acks.deliver(new Begin(new LogSequenceNumber(lsn), 0, 700), 0);
        acks.commit(new LogSequenceNumber(lsn + 1));
        segment.acked();
        return acks.acknowledged();
    }

    private ByteBuffer nextInsert() {
        next = next + 1 == inserts.size() ? 0 : next + 1;
        return inserts.get(next);
    }

    /** The bytes of a record of these: its key, value, id and time, without what is shared by all. */
    public static double ownBytes() {
        HotPathBenchmark benchmark = new HotPathBenchmark();
        return benchmark.inserts.stream()
                .mapToLong(any -> own(benchmark.decodeAndRoute()))
                .average()
                .orElseThrow();
    }

    private static long own(RelayRecord record) {
        byte[] value = record.value();
        return record.key().length
                + (value == null ? 0 : value.length)
                + record.headers().stream()
                        .filter(header ->
                                header.name().equals("id") || header.name().equals("occurredAt"))
                        .mapToLong(header -> header.value().length)
                        .sum();
    }
}
