package dev.outbox.relay.faults;

import java.util.List;
import java.util.stream.Stream;

/** All families. */
final class Faults {

    private Faults() {}

    static List<Fault> all() {
        return Stream.of(
                        RelayFaults.all(),
                        PostgresFaults.all(),
                        FailoverFaults.all(),
                        BrokerFaults.all(),
                        NetworkFaults.all(),
                        DataFaults.all(),
                        SchemaFaults.all(),
                        PublicationFaults.all(),
                        SlotFaults.all())
                .flatMap(List::stream)
                .toList();
    }
}
