package dev.outbox.relay.route;

/**
 * Where the events of an aggregate type go.
 *
 * @param topic a name that Kafka allows
 */
public record Route(String topic) {}
