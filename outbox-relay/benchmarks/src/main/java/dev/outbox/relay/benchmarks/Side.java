package dev.outbox.relay.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What is measured: a program that empties a slot.
 *
 * @param name in the tables
 * @param kind what it does with the events
 * @param settings in words, what it was started with
 * @param launch how it is started
 */
record Side(String name, Kind kind, String settings, Launch launch) {

    enum Kind {
        /** Reads a slot to nowhere. */
        DRAIN,
        /** Has no slot: its records are made. */
        PRODUCER,
        /** From slot to topic: all that counts. */
        RELAY
    }

    /** How a side's process is started for a job. */
    interface Launch {

        Command command(Job job) throws IOException;
    }

    /** A command line and what is added to its environment. */
    record Command(List<String> line, Map<String, String> environment) {

        static Command of(List<String> line) {
            return new Command(line, Map.of());
        }
    }

    /** Whether it is the peer, which may send records again; nothing else here has a reason to. */
    boolean isDebezium() {
        return name.startsWith("Debezium");
    }

    @Override
    public String toString() {
        return name;
    }
}
