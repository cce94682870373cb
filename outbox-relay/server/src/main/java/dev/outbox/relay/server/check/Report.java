package dev.outbox.relay.server.check;

/** Where findings are written, stream by stream. */
interface Report {

    void stream(String name, Findings findings);

    /** After the last stream. */
    void end();
}
