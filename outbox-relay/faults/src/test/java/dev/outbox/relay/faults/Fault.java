package dev.outbox.relay.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Something that hurts, and what has to come of it. In each round: {@code inject}; the expected state; {@code heal}; from
 * then on the time runs until an event that is committed now has arrived; {@code tidy}.
 */
final class Fault {

    /** One step of a fault, on what it hurts. */
    @FunctionalInterface
    interface Step {
        void run(Target target) throws Exception;
    }

    /** What the stream has to do between {@code inject} and the end of the round. */
    enum Expected {
        /** It goes on by itself, and never says {@code FAILED}. */
        RECOVERS,
        /** It is {@code FAILED}, and goes on by itself once {@code heal} has mended the cause. Nothing is missing. */
        FAILS_UNTIL_MENDED,
        /**
         * It is {@code FAILED} with a range; after {@code heal} the gap is accepted by {@code adopt}, and it goes on. All that
         * is missing lies in the ranges that were accepted.
         */
        GAP
    }

    private final String name;
    private final Expected expected;
    private final Step setup;
    private final Step inject;
    private final Step heal;
    private final Step tidy;
    private final Step end;
    private final boolean destroysServers;
    private final boolean noDuplicates;
    private final boolean clock;
    private final IntPredicate versions;
    private final int rounds;
    private final String heap;
    private final List<String> streamLines;
    private final Map<String, String> kafka;
    private final Map<String, String> topicSettings;

    private Fault(Builder builder) {
        this.name = builder.name;
        this.expected = builder.expected;
        this.setup = builder.setup;
        this.inject = builder.inject;
        this.heal = builder.heal;
        this.tidy = builder.tidy;
        this.end = builder.end;
        this.destroysServers = builder.destroysServers;
        this.noDuplicates = builder.noDuplicates;
        this.clock = builder.clock;
        this.versions = builder.versions;
        this.rounds = builder.rounds;
        this.heap = builder.heap;
        this.streamLines = List.copyOf(builder.streamLines);
        this.kafka = Map.copyOf(builder.kafka);
        this.topicSettings = Map.copyOf(builder.topicSettings);
    }

    /** @param name family and fault, {@code "relay: SIGKILL"} */
    static Builder named(String name) {
        return new Builder(name);
    }

    String name() {
        return name;
    }

    Expected expected() {
        return expected;
    }

    Step setup() {
        return setup;
    }

    Step inject() {
        return inject;
    }

    Step heal() {
        return heal;
    }

    Step tidy() {
        return tidy;
    }

    Step end() {
        return end;
    }

    boolean destroysServers() {
        return destroysServers;
    }

    boolean noDuplicates() {
        return noDuplicates;
    }

    boolean clock() {
        return clock;
    }

    boolean runsOn(int version) {
        return versions.test(version);
    }

    /** How often it hurts, when asked for so many rounds. */
    int rounds(int asked) {
        return Math.min(asked, rounds);
    }

    String heap() {
        return heap;
    }

    List<String> streamLines() {
        return streamLines;
    }

    Map<String, String> kafka() {
        return kafka;
    }

    Map<String, String> topicSettings() {
        return topicSettings;
    }

    @Override
    public String toString() {
        return name;
    }

    static final class Builder {

        private static final Step NOTHING = target -> {};

        private final String name;
        private Expected expected = Expected.RECOVERS;
        private Step setup = NOTHING;
        private Step inject = NOTHING;
        private Step heal = NOTHING;
        private Step tidy = NOTHING;
        private Step end = NOTHING;
        private boolean destroysServers;
        private boolean noDuplicates;
        private boolean clock;
        private IntPredicate versions = version -> true;
        private int rounds = Integer.MAX_VALUE;
        private String heap = "256m";
        private final List<String> streamLines = new ArrayList<>();
        private final Map<String, String> kafka = new TreeMap<>();
        private final Map<String, String> topicSettings = new TreeMap<>();

        private Builder(String name) {
            this.name = name;
        }

        /** Before the relay is started for the first time; the load does not run yet. */
        Builder setup(Step step) {
            setup = step;
            return this;
        }

        /** Hurts. Returns when it hurts. */
        Builder inject(Step step) {
            inject = step;
            return this;
        }

        /** What a person, a supervisor or time would do. Leave it out where the relay itself has to manage. */
        Builder heal(Step step) {
            heal = step;
            return this;
        }

        /** Behind the measured time: makes everything as it was before the round. */
        Builder tidy(Step step) {
            tidy = step;
            return this;
        }

        /** When the load has ended and all has arrived, before the relay is stopped: what else has to be true. */
        Builder end(Step step) {
            end = step;
            return this;
        }

        Builder expects(Expected what) {
            expected = what;
            return this;
        }

        /** The lane gets new servers after each of its cases. */
        Builder destroysServers() {
            destroysServers = true;
            return this;
        }

        /** Not even at least once may anything come twice. */
        Builder noDuplicates() {
            noDuplicates = true;
            return this;
        }

        /** The relay runs by a wall clock that {@link Target#jumpClock} sets. */
        Builder clock() {
            clock = true;
            return this;
        }

        /** Only on these major versions of PostgreSQL. */
        Builder onVersions(IntPredicate which) {
            versions = which;
            return this;
        }

        /** At most so many rounds, for one that takes long. */
        Builder atMostRounds(int most) {
            rounds = most;
            return this;
        }

        /** The relay's heap, {@code 256m} by default. */
        Builder heap(String size) {
            heap = size;
            return this;
        }

        /** A line of the stream's configuration, {@code "on-record-error: skip"}. */
        Builder stream(String line) {
            streamLines.add(line);
            return this;
        }

        /** A property of the relay's Kafka clients. */
        Builder kafka(String property, String value) {
            kafka.put(property, value);
            return this;
        }

        /** A setting of the topics that the load's events go to. */
        Builder topic(String setting, String value) {
            topicSettings.put(setting, value);
            return this;
        }

        Fault build() {
            return new Fault(this);
        }
    }
}
