package dev.outbox.relay.faults;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What happens to the relay's own process. */
final class RelayFaults {

    private static final int OUT_OF_MEMORY = 3;
    private static final int HUGE = 32 * 1024 * 1024;

    private static final String LONG_TYPE = Load.TYPES.get(0);
    private static final String NOT_IN_LONG = Load.TYPES.get(1);
    private static final int LONG_EVENTS = 12_000;
    private static final int LONG_PAYLOAD = 1_000;
    private static final int SLOW_BYTES_PER_SECOND = 2_000_000;
    private static final int LONG_ROUNDS = 5;

    /** Longer than a relay waits for room before it asks the server whether it is there. */
    private static final Duration LONG_WAIT = Duration.ofMillis(2_500);

    /** Longer than a relay waits before it tells the server again what is confirmed. */
    private static final Duration LONG_ENOUGH_TO_TELL = Duration.ofMillis(1_200);

    /** Longer than a producer waits for anything. */
    private static final Duration AGES = Duration.ofDays(30);

    private static final List<Duration> CLOCK =
            List.of(AGES, Duration.ZERO, Duration.ofHours(-1), Duration.ZERO, Duration.ofHours(1), Duration.ZERO);

    private RelayFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("relay: SIGKILL")
                        .inject(target -> target.relay().kill())
                        .heal(Target::startRelay)
                        .build(),
                Fault.named("relay: SIGTERM under load")
                        .inject(target -> terminate(target.relay()))
                        .heal(Target::startRelay)
                        .noDuplicates()
                        .build(),
                Fault.named("relay: SIGSTOP with a second one standing by, SIGCONT later")
                        .inject(RelayFaults::suspendOneOfTwo)
                        .tidy(RelayFaults::resumeTheOther)
                        .build(),
                Fault.named("relay: out of memory by a huge payload")
                        .heap("64m")
                        .topic("max.message.bytes", String.valueOf(2 * HUGE))
                        .inject(RelayFaults::runOutOfMemory)
                        .heal(target -> target.launchRelay("512m").awaitSaying(0, "Relaying "))
                        .tidy(target -> {
                            terminate(target.relay());
                            target.startRelay();
                        })
                        .build(),
                Fault.named("relay: SIGKILL in the middle of a long transaction").stream("max-bytes-in-flight: 1MiB")
                        // What the kernel holds lies before an answer of the server, too.
                        .stream("connection: { receiveBufferSize: 65536 }")
                        .atMostRounds(LONG_ROUNDS)
                        .setup(RelayFaults::moveOneTopic)
                        .inject(RelayFaults::killInLongTransaction)
                        .heal(RelayFaults::restartWithGoodBroker)
                        .destroysServers()
                        .build(),
                Fault.named("relay: SIGKILL while too few replicas are in sync")
                        .topic("min.insync.replicas", "2")
                        .setup(BrokerFaults::addReplicas)
                        .inject(target -> {
                            BrokerFaults.loseReplica(target);
                            target.relay().kill();
                        })
                        .heal(target -> {
                            BrokerFaults.findReplica(target);
                            target.startRelay();
                        })
                        .destroysServers()
                        .build(),
                Fault.named("relay: clock jump")
                        .clock()
                        .inject(RelayFaults::jump)
                        .build());
    }

    private static void terminate(RelayProcess relay) {
        int code = relay.terminate();
        if (code != 0) {
            throw new AssertionError(
                    "expected the exit code 0 after SIGTERM, found " + code + ": " + relay.lastWords());
        }
    }

    /** The time until an event arrives is the time of the take-over: nobody heals anything. */
    private static void suspendOneOfTwo(Target target) {
        RelayProcess holder = target.relay();
        target.startStandby();
        target.load().awaitCommits(10);
        holder.signal("STOP");
    }

    /** The one that was suspended finds the slot held, and may not do harm meanwhile. */
    private static void resumeTheOther(Target target) {
        List<RelayProcess> relays = target.relays();
        RelayProcess suspended = relays.get(relays.size() - 2);
        int mark = suspended.mark();
        suspended.signal("CONT");
        suspended.awaitSaying(mark, "Standing by.");
        terminate(suspended);
    }

    private static void runOutOfMemory(Target target) {
        String json = '"' + "x".repeat(HUGE) + '"';
        target.load().commit(List.of(Event.of("Order", "huge", json)));
        int code = target.relay().exitCode();
        if (code != OUT_OF_MEMORY) {
            throw new AssertionError("expected the relay to end for want of memory, with 3, found " + code);
        }
    }

    /**
     * A transaction that began before others did comes behind them, and they wait for the broker meanwhile; at least once
     * even after it has come back, for one topic is led by another, which hangs. The server is asked for a sign of life with the long one
     * half read: nothing of the others may be confirmed for its answer.
     */
    private static void killInLongTransaction(Target target) {
        List<Event> events = Stream.generate(() -> Event.of(LONG_TYPE, "long", incompressible(target.random())))
                .limit(LONG_EVENTS)
                .toList();
        target.load().commit(events, () -> {
            target.awaitConfirmed(target.query("SELECT pg_current_wal_lsn()"));
            if (!target.exactlyOnce()) {
                Signals.send("STOP", target.secondBroker().pid());
            }
            target.brokerLink().blackHole();
            target.load().awaitCommits(5);
        });
        target.last(LONG_WAIT);
        target.brokerLink().heal();
        target.brokerLink().limit(SLOW_BYTES_PER_SECOND);
        long sent = target.brokerLink().passedToServer();
        target.await(
                "a third of a long transaction to be sent",
                () -> target.brokerLink().passedToServer() - sent > LONG_EVENTS * LONG_PAYLOAD / 3);
        target.last(LONG_ENOUGH_TO_TELL);
        target.relay().kill();
    }

    /** Exactly once, nothing is acknowledged before all of it. */
    private static void moveOneTopic(Target target) throws Exception {
        if (!target.exactlyOnce()) {
            int second = 2;
            target.startSecondBroker();
            BrokerFaults.reassign(target, NOT_IN_LONG, List.of(second));
        }
    }

    private static String incompressible(Random random) {
        byte[] bytes = new byte[LONG_PAYLOAD / 2];
        random.nextBytes(bytes);
        return '"' + HexFormat.of().formatHex(bytes) + '"';
    }

    private static void restartWithGoodBroker(Target target) {
        target.brokerLink().heal();
        if (!target.exactlyOnce()) {
            Signals.send("CONT", target.secondBroker().pid());
        }
        target.startRelay();
    }

    private static void jump(Target target) {
        target.jumpClock(CLOCK.get(target.round() % CLOCK.size()));
    }
}
