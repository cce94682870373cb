package dev.outbox.relay.server;

import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sets what {@code logback.xml} leaves open. To be called before the first logger is made. */
final class Logging {

    /** Held, for the JDK forgets a logger's level with the logger. */
    private static final Logger POSTGRES_DRIVER = Logger.getLogger("org.postgresql");

    static final String VARIABLE = "OUTBOX_RELAY_LOG";

    private static final Set<String> FORMATS = Set.of("text", "json");

    private Logging() {}

    /** For a command whose standard output is its answer. */
    static void toStandardError() {
        System.setProperty("outbox.log.target", "System.err");
    }

    /**
     * Before anything is logged.
     *
     * @param format {@code text} or {@code json}; null for text
     * @throws UsageException if it is anything else: a log that goes nowhere would say nothing of it
     */
    static void configure(boolean debug, @Nullable String format) {
        if (format != null && !FORMATS.contains(format)) {
            throw new UsageException(
                    "The environment variable " + VARIABLE + ": expected text or json, found '" + format + "'.");
        }
        System.setProperty("outbox.log.format", format == null ? "text" : format);
        if (debug) {
            System.setProperty("outbox.log.trace", "%ex");
            System.setProperty("outbox.log.throwable", "true");
            System.setProperty("outbox.log.level", "DEBUG");
            System.setProperty("outbox.log.others", "INFO");
            System.setProperty("outbox.log.network", "WARN");
        } else {
            // The driver logs through the JDK what it also throws.
            POSTGRES_DRIVER.setLevel(Level.OFF);
        }
    }
}
