package dev.outbox.relay.server;

import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.util.Map;

/** One PostgreSQL and one broker for all tests of the JVM; a test has databases and topics of its own. */
final class Servers {

    /** With a slot for each test. */
    static final PostgresServer POSTGRES = PostgresServer.start(Map.of("max_replication_slots", "500"));

    static final KafkaBroker BROKER = KafkaBroker.start();

    static {
        // PostgreSQL goes with the JVM by itself.
        Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close));
    }

    private Servers() {}
}
