package dev.outbox.relay.server.config;

import java.util.List;

/**
 * Every setting there is: {@link Settings} answers for no other, and CONFIGURATION.md is made of these. A new setting
 * begins here.
 */
final class Definitions {

    private static final String TEXT = "text";
    private static final String TIME = "time";
    private static final String SIZE = "size";
    private static final String NUMBER = "number";
    private static final String TOPIC = "topic name";
    private static final String NAME = "name in PostgreSQL";

    static final List<Definition> ALL = List.of(
            of(
                    "relay.shutdown-timeout",
                    TIME,
                    "8s",
                    "How long a stop may wait for acknowledgements and confirmations."),
            of("relay.retry.first-delay", TIME, "1s", "The delay after a failure; it doubles from attempt to attempt."),
            of("relay.retry.longest-delay", TIME, "30s", "The delay that repeated failures lead to."),
            of(
                    "relay.kafka.<property>",
                    TEXT,
                    "",
                    "A property of Kafka's producer under its own name, for all streams. `bootstrap.servers` has to be set"
                            + " here or for the stream. Those that the order and the safety of events stand on are the"
                            + " relay's."),
            of(
                    "relay.admin.port",
                    NUMBER,
                    "",
                    "Where the relay answers over HTTP to those who run it; 0 for any that is free. Without it, it doesn't."),
            of("relay.admin.host", TEXT, "localhost", "The address to listen at, beside a port."),
            of(
                    "relay.admin.token",
                    "secret",
                    "",
                    "What a request has to carry that changes anything; without it, none may."),
            of("relay.admin.tls.keystore", "file", "", "A key store, PKCS #12 or JKS, to answer over TLS with."),
            of("relay.admin.tls.keystore-password", "secret", "", "The password of the store and of its key."),
            stream("url", "JDBC URL", "", "The database: `jdbc:postgresql://host:port/database`. Required."),
            stream("username", TEXT, "", "The role, with LOGIN and REPLICATION; otherwise the URL's."),
            stream("password", "secret", "", "The role's password."),
            stream(
                    "connection.<property>",
                    TEXT,
                    "",
                    "A further property of the PostgreSQL driver, such as `sslmode`."),
            stream("slot", NAME, "outbox", "The replication slot, made if missing. One of its own for each stream."),
            stream("publication", NAME, "outbox", "The publication, made if missing and the role may."),
            stream("table", NAME, "public.outbox", "The outbox table, with or without its schema."),
            column("id", "id", "The column with the event's id."),
            column("aggregate-type", "aggregatetype", "The one with the kind of aggregate."),
            column("aggregate-id", "aggregateid", "The one with the aggregate's id."),
            column("type", "type", "The one with the event's type."),
            column("payload", "payload", "The one with the payload."),
            column("headers", "headers", "The one with further headers."),
            column("occurred-at", "occurred_at", "The one that says when the event happened."),
            column("xid", "xid", "The one with the writing transaction."),
            stream(
                    "topic",
                    "template",
                    "outbox.event.{aggregateType}",
                    "The topic of an aggregate type that has no route; `{aggregateType}` is its only variable."),
            stream("routes.<name>", TOPIC, "", "The topic of one aggregate type."),
            stream(
                    "null-payload",
                    "`empty` or `tombstone`",
                    "empty",
                    "What a NULL payload becomes: an empty value, or a record without value."),
            stream(
                    "timestamp",
                    "`commit-time` or `occurred-at`",
                    "commit-time",
                    "Which time becomes the record's timestamp."),
            stream("max-bytes-in-flight", SIZE, "1MiB", "Bytes that may be sent and not acknowledged; 1MiB at least."),
            stream(
                    "wal-sender-timeout",
                    TIME,
                    "10s",
                    "How soon the server frees the slot of a relay that died; 1s at least."),
            stream(
                    "delivery",
                    "`at-least-once` or `exactly-once`",
                    "at-least-once",
                    "How often an event arrives; exactly once for readers of committed records, on brokers from 4.0."),
            stream(
                    "position-topic",
                    TOPIC,
                    "outbox-relay.<stream>.position",
                    "Where the position is kept: one partition, compacted; made if missing."),
            stream(
                    "transactional-id",
                    TEXT,
                    "outbox-relay-<stream>",
                    "Of the producer's transactions; exactly-once only."),
            stream(
                    "commit-interval",
                    TIME,
                    "100ms",
                    "How often Kafka transactions are committed, 1ms to 2s; exactly-once only."),
            stream(
                    "on-record-error",
                    "`stop`, `dead-letter` or `skip`",
                    "stop",
                    "What becomes of an event that can't be delivered for what it is."),
            stream(
                    "dead-letter-topic",
                    TOPIC,
                    "outbox.dead-letter.<stream>",
                    "Where it goes with dead-letter; made if missing."),
            stream(
                    "ack-timeout",
                    TIME,
                    "",
                    "Begins anew if a record waits longer for the brokers, 1s at least; otherwise they are waited for."),
            stream("retry.first-delay", TIME, "", "As above, for this stream."),
            stream("retry.longest-delay", TIME, "", "As above, for this stream."),
            stream("create-topics", "`true` or `false`", "true", "Whether a missing topic is made."),
            stream("partitions", NUMBER, "", "Of topics that are made; otherwise the brokers' default."),
            stream("replication-factor", NUMBER, "", "Of topics that are made; otherwise the brokers' default."),
            stream("kafka.<property>", TEXT, "", "A producer property of this stream, over the shared one."));

    private Definitions() {}

    private static Definition of(String key, String type, String byDefault, String meaning) {
        return new Definition(key, type, byDefault, meaning);
    }

    private static Definition stream(String key, String type, String byDefault, String meaning) {
        return of("relay.streams.<stream>." + key, type, byDefault, meaning);
    }

    private static Definition column(String key, String byDefault, String meaning) {
        return stream("columns." + key, NAME, byDefault, meaning);
    }

    /** @throws IllegalStateException if there is no such setting: it is read, and nobody is told of it */
    static void require(String key) {
        if (ALL.stream().noneMatch(definition -> definition.matches(key))) {
            throw new IllegalStateException("The setting " + key + " is read and not among the definitions: add it to"
                    + " Definitions, and make CONFIGURATION.md anew.");
        }
    }
}
