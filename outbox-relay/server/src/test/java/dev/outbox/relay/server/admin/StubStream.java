package dev.outbox.relay.server.admin;

import dev.outbox.relay.Position;
import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.status.Latency;
import dev.outbox.relay.server.status.ManagedStream;
import dev.outbox.relay.server.status.Paused;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.StreamStatus;
import dev.outbox.relay.server.status.StreamStatus.Failure;
import dev.outbox.relay.server.status.StreamStatus.Health;
import dev.outbox.relay.server.status.StreamStatus.Lag;
import dev.outbox.relay.server.status.StreamStatus.Traffic;
import dev.outbox.relay.server.status.StreamStatus.Troubles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** A stream that is as a test says, and notes what it is told. */
final class StubStream implements ManagedStream {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    final List<String> told = new ArrayList<>();
    StreamStatus status;
    Answer answer = Answer.DONE;
    boolean alive = true;
    boolean broken;

    private StubStream(StreamStatus status) {
        this.status = status;
    }

    /** Of which all is known. */
    static StubStream shop() {
        return new StubStream(new StreamStatus(
                "shop",
                StreamState.RUNNING,
                NOON,
                new Health(false, "no acknowledgement from the brokers for 20 s"),
                Optional.of(new Paused("ann", NOON)),
                Optional.of(new Failure("It is \"broken\".", NOON)),
                Optional.of(new StreamProgress(
                        LogSequenceNumber.parse("1/40"),
                        new Position(3, LogSequenceNumber.parse("1/10"), 4),
                        LogSequenceNumber.parse("1/20"),
                        NOON.toEpochMilli(),
                        LogSequenceNumber.parse("1/18"),
                        9_000,
                        Optional.empty())),
                Optional.of(new SlotStatus(
                        1,
                        LogSequenceNumber.parse("1/60"),
                        LogSequenceNumber.parse("1/18"),
                        LogSequenceNumber.parse("1/0"),
                        "extended",
                        OptionalLong.of(1_000),
                        true)),
                new Lag(OptionalLong.of(64), OptionalDouble.of(1.5)),
                new Traffic(10, 200, 2.04, 33.3333, 3, 9_000, new Latency().snapshot()),
                new Troubles(1, 2, 3, Map.of("row", 4L, "size", 0L), Map.of(), Map.of("topic", 1L))));
    }

    /** Of which nothing is known. */
    static StubStream fresh(String name, StreamState state) {
        return new StubStream(new StreamStatus(
                name,
                state,
                NOON,
                state == StreamState.STANDBY ? Health.READY : new Health(false, "it has not come up"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new Lag(OptionalLong.empty(), OptionalDouble.empty()),
                new Traffic(0, 0, 0, 0, 0, 0, new Latency().snapshot()),
                new Troubles(0, 0, 0, Map.of(), Map.of(), Map.of())));
    }

    @Override
    public String name() {
        return status.name();
    }

    @Override
    public StreamStatus status() {
        if (broken) {
            throw new IllegalStateException("something internal");
        }
        return status;
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    @Override
    public Answer pause(String by) {
        told.add("pause by " + by);
        return answer;
    }

    @Override
    public Answer resume(String by) {
        told.add("resume by " + by);
        return answer;
    }

    @Override
    public Answer restart(String by) {
        told.add("restart by " + by);
        return answer;
    }
}
