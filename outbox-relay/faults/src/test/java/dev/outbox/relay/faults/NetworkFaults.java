package dev.outbox.relay.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What happens to the network between the relay and one of its servers. */
final class NetworkFaults {

    private static final Duration LATENCY = Duration.ofMillis(200);

    /** Longer than the relay waits for an answer of the broker. */
    private static final Duration SILENCE = Duration.ofMillis(3500);

    /** Until then what was begun in good weather is done. */
    private static final int COMMITS_IN_BAD_WEATHER = 100;

    private static final int RESETS = 3;

    private enum Server {
        POSTGRES("PostgreSQL"),
        BROKER("broker");

        private final String name;

        Server(String name) {
            this.name = name;
        }

        Link link(Target target) {
            return this == POSTGRES ? target.postgresLink() : target.brokerLink();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private NetworkFaults() {}

    static List<Fault> all() {
        Stream<Fault> both = Arrays.stream(Server.values()).flatMap(NetworkFaults::towards);
        return Stream.concat(both, Stream.of(orphanedWalsender())).toList();
    }

    private static Stream<Fault> towards(Server server) {
        return Stream.of(
                Fault.named("network: reset to " + server)
                        .inject(target -> reset(target, server.link(target)))
                        .build(),
                Fault.named("network: black hole to " + server)
                        .inject(target -> blackHole(target, server))
                        .heal(target -> server.link(target).heal())
                        .build(),
                Fault.named("network: 200 ms latency to " + server)
                        .inject(target ->
                                badWeather(target, () -> server.link(target).delay(LATENCY)))
                        .tidy(target -> server.link(target).heal())
                        .build(),
                Fault.named("network: 1 % of bytes delayed to " + server)
                        .inject(target ->
                                badWeather(target, () -> server.link(target).delaySome(LATENCY)))
                        .tidy(target -> server.link(target).heal())
                        .build(),
                Fault.named("network: half-open to " + server)
                        .inject(target -> server.link(target).halfOpen())
                        .build());
    }

    /** The relay has lost its connection, and the server holds the slot for it. */
    private static Fault orphanedWalsender() {
        return Fault.named("network: half-open at PostgreSQL")
                .inject(target -> target.postgresLink().orphan())
                .build();
    }

    /** Cuts off whatever is being said or opened, and what comes in its place as well. */
    private static void reset(Target target, Link link) {
        for (int i = 0; i < RESETS; i++) {
            link.reset();
            target.load().awaitCommits(1 + target.random().nextInt(20));
        }
    }

    /** Brokers are waited for; a database that does not answer has to be noticed. */
    private static void blackHole(Target target, Server server) {
        int mark = target.relay().mark();
        server.link(target).blackHole();
        if (server == Server.POSTGRES) {
            target.relay().awaitSaying(mark, "the connection is dead");
        } else {
            target.last(SILENCE);
        }
    }

    private static void badWeather(Target target, Runnable begin) {
        begin.run();
        target.load().awaitCommits(COMMITS_IN_BAD_WEATHER);
    }
}
