package dev.outbox.relay.server.check;

import dev.outbox.relay.server.config.StreamConfig;
import java.util.Collection;

/** Commands that come with Kafka. */
final class Acls {

    private Acls() {}

    /** What gives the relay's principal rights on a resource. */
    static String grant(StreamConfig config, Collection<String> operations, String resource) {
        return "Run kafka-acls.sh --bootstrap-server " + config.bootstrapServers()
                + " --add --allow-principal User:<the relay's> --operation "
                + String.join(" --operation ", operations) + " " + resource + ".";
    }
}
