package dev.outbox.relay.server.check;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Login;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.SourceCheck;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.CommandText;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at both ends of a stream. What keeps one from being looked at says nothing of the other. */
final class StreamCheck {

    private final StreamConfig config;
    private final InstantSource clock;
    private final SourceCheck source;

    /** @param slots those of all streams */
    StreamCheck(
            StreamConfig config, Set<String> slots, InstantSource clock, CommandText commands, @Nullable Login admin) {
        this.config = config;
        this.clock = clock;
        this.source = new SourceCheck(config.relay(), slots, clock, commands.adopt(config.name()), admin);
    }

    Findings run() {
        Findings ofBrokers = new Findings();
        try (Cluster cluster = new Cluster(config, new ProducerSettings(config).admin())) {
            BrokerChecks brokers = new BrokerChecks(config, cluster, ofBrokers);
            return brokers.reachable()
                    ? both(cluster, brokers, ofBrokers)
                    : databaseAlone(ofBrokers, "without the brokers, neither topics nor rights and clocks");
        } catch (RelayException e) {
            ofBrokers.add("brokers", e);
            return databaseAlone(ofBrokers, "without a client, neither topics nor rights and clocks");
        }
    }

    private Findings both(Cluster cluster, BrokerChecks brokers, Findings ofBrokers) {
        PositionLook position = new PositionLook(config, cluster, ofBrokers);
        SourceCheck.Report database = source.run(position);
        TopicChecks topics = new TopicChecks(config, cluster, ofBrokers);
        topics.look(database.topics());
        brokers.clock(clock, database.clockAhead());
        return joined(database, ofBrokers);
    }

    private Findings databaseAlone(Findings ofBrokers, String notLookedAt) {
        ofBrokers.add(Finding.unknown("topics", notLookedAt));
        RelayException none = new RelayException("The brokers can't be asked.", true, null);
        Supplier<Optional<Checkpoint>> unknown = () -> {
            throw none;
        };
        return joined(source.run(unknown), ofBrokers);
    }

    private static Findings joined(SourceCheck.Report database, Findings ofBrokers) {
        Findings all = new Findings();
        all.addAll(database.findings());
        all.addAll(ofBrokers.all());
        return all;
    }
}
