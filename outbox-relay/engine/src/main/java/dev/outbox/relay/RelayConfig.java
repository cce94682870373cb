package dev.outbox.relay;

import dev.outbox.OutboxTable;
import dev.outbox.relay.replication.Source;
import dev.outbox.relay.route.EventRouter;
import dev.outbox.relay.route.TopicTemplate;
import dev.outbox.relay.route.UnroutableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an engine needs to know: where the outbox is, and how its events become records. Immutable; {@code toString}
 * leaves the password out.
 */
public final class RelayConfig {

    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern PUBLICATION_NAME = Pattern.compile("[^\\x00\"']{1,63}");
    private static final long MIN_BYTES_IN_FLIGHT = 1024L * 1024;

    private final String url;
    private final @Nullable String username;
    private final @Nullable String password;
    private final Map<String, String> connectionProperties;
    private final String slot;
    private final String publication;
    private final OutboxTable table;
    private final String topic;
    private final Map<String, String> routes;
    private final NullPayload nullPayload;
    private final RecordTimestamp timestamp;
    private final long maxBytesInFlight;
    private final Duration walSenderTimeout;

    private RelayConfig(Builder builder) {
        this.url = builder.url;
        this.username = builder.username;
        this.password = builder.password;
        this.connectionProperties = Collections.unmodifiableMap(new LinkedHashMap<>(builder.connectionProperties));
        this.slot = builder.slot;
        this.publication = builder.publication;
        this.table = builder.table;
        this.topic = builder.topic;
        this.routes = Map.copyOf(builder.routes);
        this.nullPayload = builder.nullPayload;
        this.timestamp = builder.timestamp;
        this.maxBytesInFlight = builder.maxBytesInFlight;
        this.walSenderTimeout = builder.walSenderTimeout;
    }

    /**
     * Begins with the defaults.
     *
     * @param url JDBC URL of the database that holds the outbox table, {@code jdbc:postgresql://host:port/database}
     */
    public static Builder builder(String url) {
        return new Builder(url);
    }

    /** JDBC URL of the database. */
    public String url() {
        return url;
    }

    /** The role to connect as, or null to leave it to the URL and pgjdbc. */
    public @Nullable String username() {
        return username;
    }

    /** The role's password, or null to leave it to the URL, a passfile or the server's trust. */
    public @Nullable String password() {
        return password;
    }

    /** Further pgjdbc connection properties, for example {@code sslmode}. */
    public Map<String, String> connectionProperties() {
        return connectionProperties;
    }

    /** The replication slot's name. */
    public String slot() {
        return slot;
    }

    /** The publication's name. */
    public String publication() {
        return publication;
    }

    /** The outbox table. */
    public OutboxTable table() {
        return table;
    }

    /** How a topic's name is made from an aggregate type that has no route of its own. */
    public String topic() {
        return topic;
    }

    /** Topics of single aggregate types, by aggregate type. */
    public Map<String, String> routes() {
        return routes;
    }

    /**
     * The topic that events of an aggregate type go to.
     *
     * @throws RelayException if Kafka would refuse its name
     */
    public String topicOf(String aggregateType) {
        try {
            return router().route(aggregateType).topic();
        } catch (UnroutableException e) {
            throw new RelayException("No topic for " + e.getMessage(), false, e);
        }
    }

    /** Whether events of some aggregate type may go to this topic. */
    public boolean mayRouteTo(String topic) {
        return router().mayRouteTo(topic);
    }

    private EventRouter router() {
        return new EventRouter(TopicTemplate.parse(topic), routes);
    }

    /** What a NULL payload becomes. */
    public NullPayload nullPayload() {
        return nullPayload;
    }

    /** Which time becomes the record's timestamp. */
    public RecordTimestamp timestamp() {
        return timestamp;
    }

    /** The bytes of records that may wait for an acknowledgement; one larger record is let through alone. */
    public long maxBytesInFlight() {
        return maxBytesInFlight;
    }

    /** How long the server waits for a sign of life before it frees the slot. */
    public Duration walSenderTimeout() {
        return walSenderTimeout;
    }

    @Override
    public String toString() {
        return "RelayConfig[url=%s, slot=%s, publication=%s, table=%s, topic=%s]"
                .formatted(url.replaceAll("\\?.*", ""), slot, publication, table, topic);
    }

    /** Collects the settings; {@link #build} checks them all. Not for use by several threads. */
    public static final class Builder {

        private final String url;
        private @Nullable String username;
        private @Nullable String password;
        private final Map<String, String> connectionProperties = new LinkedHashMap<>();
        private String slot = "outbox";
        private String publication = "outbox";
        private OutboxTable table = OutboxTable.DEFAULT;
        private String topic = TopicTemplate.DEFAULT;
        private Map<String, String> routes = Map.of();
        private NullPayload nullPayload = NullPayload.EMPTY;
        private RecordTimestamp timestamp = RecordTimestamp.COMMIT_TIME;
        private long maxBytesInFlight = MIN_BYTES_IN_FLIGHT;
        private Duration walSenderTimeout = Duration.ofSeconds(10);

        private Builder(String url) {
            this.url = url;
        }

        /** The role to connect as; it needs LOGIN and REPLICATION, and SELECT on the table. */
        public Builder username(@Nullable String username) {
            this.username = username;
            return this;
        }

        /** The role's password. */
        public Builder password(@Nullable String password) {
            this.password = password;
            return this;
        }

        /** A further pgjdbc connection property, for example {@code sslmode}. */
        public Builder connectionProperty(String name, String value) {
            connectionProperties.put(name, value);
            return this;
        }

        /** Default {@code outbox}. */
        public Builder slot(String slot) {
            this.slot = slot;
            return this;
        }

        /** Default {@code outbox}. */
        public Builder publication(String publication) {
            this.publication = publication;
            return this;
        }

        /** Default {@link OutboxTable#DEFAULT}. */
        public Builder table(OutboxTable table) {
            this.table = table;
            return this;
        }

        /** Default {@link TopicTemplate#DEFAULT}. */
        public Builder topic(String template) {
            this.topic = template;
            return this;
        }

        /** Topics of single aggregate types, which the template then does not apply to. */
        public Builder routes(Map<String, String> routes) {
            this.routes = routes;
            return this;
        }

        /** Default {@link NullPayload#EMPTY}. */
        public Builder nullPayload(NullPayload nullPayload) {
            this.nullPayload = nullPayload;
            return this;
        }

        /** Default {@link RecordTimestamp#COMMIT_TIME}. */
        public Builder timestamp(RecordTimestamp timestamp) {
            this.timestamp = timestamp;
            return this;
        }

        /** Default 1 MiB, which is also the least: some thousand events of ordinary size. */
        public Builder maxBytesInFlight(long bytes) {
            this.maxBytesInFlight = bytes;
            return this;
        }

        /** Default 10 seconds; at least 1 second. */
        public Builder walSenderTimeout(Duration timeout) {
            this.walSenderTimeout = timeout;
            return this;
        }

        /**
         * Checks all settings.
         *
         * @throws RelayException that lists every mistake, one a line
         */
        public RelayConfig build() {
            List<String> mistakes = mistakes();
            if (!mistakes.isEmpty()) {
                throw new RelayException(String.join("\n", mistakes), false, null);
            }
            return new RelayConfig(this);
        }

        /** Every mistake in the settings so far, each as {@code key: expected, found, what to do}. */
        public List<String> mistakes() {
            List<String> mistakes = new ArrayList<>();
            Source.urlMistake(url).ifPresent(mistake -> mistakes.add("url: " + mistake));
            if (Source.namesSocketFactory(url, connectionProperties)) {
                mistakes.add("connection property socketFactory: expected none, found one. The relay has its own, which"
                        + " tells it when a connection is dead; name host and port that need no other");
            }
            if (!SLOT_NAME.matcher(slot).matches()) {
                mistakes.add("slot: expected 1 to 63 lower-case letters, digits and underscores, found '" + slot + "'");
            }
            if (!PUBLICATION_NAME.matcher(publication).matches()) {
                mistakes.add("publication: expected 1 to 63 characters without quotes, found '" + publication + "'");
            }
            TopicTemplate.mistake(topic).ifPresent(mistake -> mistakes.add("topic: " + mistake));
            routes.forEach((aggregateType, target) -> TopicTemplate.topicMistake(target)
                    .ifPresent(mistake -> mistakes.add("routes." + aggregateType + ": " + mistake)));
            if (maxBytesInFlight < MIN_BYTES_IN_FLIGHT) {
                mistakes.add("max-bytes-in-flight: expected at least " + MIN_BYTES_IN_FLIGHT + " bytes (1 MiB), found "
                        + maxBytesInFlight);
            }
            if (walSenderTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
                mistakes.add("wal-sender-timeout: expected at least 1 second, found " + walSenderTimeout);
            }
            return mistakes;
        }
    }
}
