package dev.outbox.relay.server.config;

/** How often an event arrives where the relay or what it talks to fails. */
public enum DeliveryMode {
    /** Each event once, and some again after a failure. */
    AT_LEAST_ONCE,
    /** Each event once for consumers that read committed records only ({@code isolation.level=read_committed}). */
    EXACTLY_ONCE
}
