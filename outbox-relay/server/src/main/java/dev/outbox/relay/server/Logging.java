package dev.outbox.relay.server;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Sets what {@code logback.xml} leaves open. To be called before the first logger is made. */
final class Logging {

    /** Held, for the JDK forgets a logger's level with the logger. */
    private static final Logger POSTGRES_DRIVER = Logger.getLogger("org.postgresql");

    private Logging() {}

    /** For a command whose standard output is its answer. */
    static void toStandardError() {
        System.setProperty("outbox.log.target", "System.err");
    }

    static void configure(boolean debug) {
        if (debug) {
            System.setProperty("outbox.log.trace", "%ex");
            System.setProperty("outbox.log.level", "DEBUG");
            System.setProperty("outbox.log.others", "INFO");
            System.setProperty("outbox.log.network", "WARN");
        } else {
            // The driver logs through the JDK what it also throws.
            POSTGRES_DRIVER.setLevel(Level.OFF);
        }
    }
}
