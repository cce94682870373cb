package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.Reading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that is measured. */
final class Sides {

    private final Optional<Side> pgRecvlogical = Limits.pgRecvlogical();
    private final Side drainEager = Limits.drain(Reading.EAGER);
    private final Side drainInGulps = Limits.drain(Reading.IN_GULPS);
    private final Side producer = Limits.producer();
    private final Side loopEager = Limits.loop(Reading.EAGER, 0);
    private final Side loopInGulps = Limits.loop(Reading.IN_GULPS, 2);
    private final Side connectTuned = Debezium.connect(Debezium.Tuning.THROUGHPUT);
    private final List<Side> debezium = List.of(
            Debezium.connect(Debezium.Tuning.DEFAULTS),
            connectTuned,
            Debezium.embedded(Debezium.Tuning.DEFAULTS),
            Debezium.embedded(Debezium.Tuning.THROUGHPUT_OF_WAITING_SINK));
    private final Side connectSoon = Debezium.connect(Debezium.Tuning.LATENCY);
    private final List<Side> debeziumSteady =
            List.of(connectSoon, Debezium.connect(Debezium.Tuning.LATENCY_IN_MEASURE), debezium.get(0));
    private final Side relay;
    private final Side relayExactlyOnce;

    Sides(Path relayDirectory) {
        OutboxRelay outbox = new OutboxRelay(relayDirectory);
        this.relay = outbox.atLeastOnce();
        this.relayExactlyOnce = outbox.exactlyOnce();
    }

    Side drainEager() {
        return drainEager;
    }

    Side loopInGulps() {
        return loopInGulps;
    }

    Side relay() {
        return relay;
    }

    Side relayExactlyOnce() {
        return relayExactlyOnce;
    }

    /** Debezium's, with a backlog. */
    List<Side> debezium() {
        return debezium;
    }

    /** Debezium's, under a steady load. */
    List<Side> debeziumSteady() {
        return debeziumSteady;
    }

    /** With a backlog of small events. */
    List<Side> all() {
        List<Side> all = new ArrayList<>();
        pgRecvlogical.ifPresent(all::add);
        all.addAll(List.of(drainEager, drainInGulps, producer, loopEager, loopInGulps, relay, relayExactlyOnce));
        all.addAll(debezium());
        return all;
    }

    /** The same without what is known not to be Debezium's best, nor a limit. */
    List<Side> few() {
        return List.of(drainEager, drainInGulps, producer, loopInGulps, relay, relayExactlyOnce, connectTuned);
    }

    /** With a backlog of larger events. */
    List<Side> large() {
        return List.of(loopInGulps, relay, relayExactlyOnce, connectTuned);
    }

    List<Side> steady() {
        List<Side> steady = new ArrayList<>(List.of(loopEager, relay, relayExactlyOnce));
        steady.addAll(debeziumSteady());
        return steady;
    }

    List<Side> fewSteady() {
        return List.of(relay, relayExactlyOnce, connectSoon);
    }
}
