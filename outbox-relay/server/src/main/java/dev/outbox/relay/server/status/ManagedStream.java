package dev.outbox.relay.server.status;

/** A stream that can be told what to do. From any thread; the commands wait a while for it to be done. */
public interface ManagedStream extends WatchedStream {

    /** Whether the stream's thread gives signs of life. One that waits for others lives. */
    boolean isAlive();

    /**
     * Ends what runs, in order, and relays nothing until somebody resumes it, whichever process that is.
     *
     * @param by who asks, for the record
     */
    Answer pause(String by);

    /** Relays again. */
    Answer resume(String by);

    /** Ends what runs, in order, and begins anew at once: also where it would have waited. */
    Answer restart(String by);

    /** What became of a command. */
    enum Outcome {
        /** It is so now. */
        DONE,
        /** It will be so, once what stands in the way is gone. */
        ACCEPTED,
        /** It can't be. */
        REFUSED
    }

    /**
     * The answer to a command.
     *
     * @param outcome what became of it
     * @param sentence why it is not done; empty if it is
     */
    record Answer(Outcome outcome, String sentence) {

        /** It is done. */
        public static final Answer DONE = new Answer(Outcome.DONE, "");
    }
}
