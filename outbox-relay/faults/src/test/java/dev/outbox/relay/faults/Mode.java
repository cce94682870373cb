package dev.outbox.relay.faults;

/** The stream's {@code delivery}. */
enum Mode {
    AT_LEAST_ONCE("at-least-once"),
    EXACTLY_ONCE("exactly-once");

    private final String setting;

    Mode(String setting) {
        this.setting = setting;
    }

    boolean exactlyOnce() {
        return this == EXACTLY_ONCE;
    }

    @Override
    public String toString() {
        return setting;
    }
}
