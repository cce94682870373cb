package dev.outbox.relay.benchmarks.process;

/** How a stream is read. */
public enum Reading {
    /** Whatever has come, at once: the server sends after each commit, and both sides pay for each. */
    EAGER,

    /** Much at a time: the socket is left alone until it has filled. */
    IN_GULPS
}
