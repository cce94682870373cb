package dev.outbox.relay.faults;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is in the rows. */
final class DataFaults {

    private static final int TYPES = 1_000;

    private DataFaults() {}

    static List<Fault> all() {
        return Stream.concat(
                        Stream.of(OversizedRecord.Policy.values()).map(OversizedRecord::fault),
                        Stream.of(
                                OddRows.garbage(),
                                OddRows.nulls(),
                                Fault.named("data: 1,000 aggregate types at once").stream("partitions: 1")
                                        .atMostRounds(1)
                                        .inject(DataFaults::thousandTypes)
                                        .destroysServers()
                                        .build()))
                .toList();
    }

    /** None of their topics is there. */
    private static void thousandTypes(Target target) {
        List<Event> events = IntStream.range(0, TYPES)
                .mapToObj(i -> Event.of("type-" + i, "of-type-" + i, "{\"n\":" + i + "}"))
                .toList();
        target.load().commit(events);
    }
}
