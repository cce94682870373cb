package dev.outbox.relay.server.check;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.KafkaErrors;
import dev.outbox.relay.server.PositionReader;
import dev.outbox.relay.server.PositionRecord;
import dev.outbox.relay.server.PositionTopicSetup;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.config.StreamConfig;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** Reads the stream's position, if its topic is there and fit, and says what keeps it from being read. */
final class PositionLook implements Supplier<Optional<Checkpoint>> {

    private static final String SUBJECT = "position topic";

    private final StreamConfig config;
    private final Cluster cluster;
    private final Findings findings;

    PositionLook(StreamConfig config, Cluster cluster, Findings findings) {
        this.config = config;
        this.cluster = cluster;
        this.findings = findings;
    }

    /** @throws RelayException if it can't be read */
    @Override
    public Optional<Checkpoint> get() {
        String topic = config.delivery().positionTopic();
        PositionTopicSetup setup = new PositionTopicSetup(config, cluster);
        try {
            if (!setup.exists()) {
                return Optional.empty();
            }
            setup.requireFit();
            Optional<PositionRecord> read = new PositionReader(
                            cluster, new ProducerSettings(config).consumer(), config.bootstrapServers(), topic)
                    .committed();
            findings.add(Finding.ok(SUBJECT, topic + ", one partition, compacted"));
            return read.map(PositionRecord::checkpoint);
        } catch (KafkaException e) {
            RelayException sentence = KafkaErrors.topic(topic, "look up", config.bootstrapServers(), e);
            findings.add(SUBJECT, sentence);
            throw sentence;
        } catch (RelayException e) {
            findings.add(SUBJECT, e);
            throw e;
        }
    }
}
