package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import org.jspecify.annotations.Nullable;

/**
 * One event can't be delivered for what it is, and those around it can: the stream's policy decides what becomes of it.
 * Everything else that fails is the stream's and ends the attempt.
 */
public final class RecordException extends RelayException {

    private static final long serialVersionUID = 1L;

    /** What about the event is refused; figures are kept by it. */
    enum Reason {
        /** The row can't become a record: a required column is NULL, the headers can't be read, there is no route. */
        ROW,
        /** Larger than its topic or the producer allows. */
        SIZE,
        /** A timestamp that no record can have, or that the broker does not take. */
        TIMESTAMP,
        /** A topic that the brokers don't make or don't let be written to. */
        TOPIC,
        /** Anything else that the broker says about this very record. */
        RECORD
    }

    private final Reason reason;
    private final String what;

    /**
     * @param what what is wrong, as a sentence without anything of the payload
     * @param advice what to do for the event to be delivered after all
     */
    RecordException(Reason reason, String what, String advice, @Nullable Throwable cause) {
        super(what + " " + advice, true, cause);
        this.reason = reason;
        this.what = what;
    }

    private RecordException(RelayException problem) {
        super(Sentences.words(problem), problem.retriable(), problem);
        this.reason = Reason.ROW;
        this.what = Sentences.words(problem);
    }

    /** The engine's reason why a row is no record. */
    static RecordException of(RelayException problem) {
        return new RecordException(problem);
    }

    Reason reason() {
        return reason;
    }

    /** What is wrong, without what the message says about the stream that has stopped for it. */
    String what() {
        return what;
    }

    /** The class that says it best: Kafka's where there is one. */
    Class<?> errorClass() {
        Throwable cause = getCause();
        return cause == null ? RecordException.class : cause.getClass();
    }
}
