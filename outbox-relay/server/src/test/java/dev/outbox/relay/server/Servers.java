package dev.outbox.relay.server;

import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;

/** One PostgreSQL and one broker for all tests of the JVM; a test has databases and topics of its own. */
final class Servers {

    static final PostgresServer POSTGRES = PostgresServer.start();
    static final KafkaBroker BROKER = KafkaBroker.start();

    static {
        // PostgreSQL ends with the JVM by itself.
        Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close));
    }

    private Servers() {}
}
