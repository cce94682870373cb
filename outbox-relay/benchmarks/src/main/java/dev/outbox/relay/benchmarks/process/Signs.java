package dev.outbox.relay.benchmarks.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** What a measured process tells the one that measures it, on its standard output. */
public final class Signs {

    /** The first record is about to be sent. */
    public static final String BEGAN = "began";

    /** All is done that was to do. */
    public static final String DONE = "done";

    private Signs() {}

    static void began() {
        System.out.println(BEGAN);
    }

    /** Waits until its processor time and memory have been read: the end of standard input. */
    static void done() {
        System.out.println(DONE);
        awaitEndOfInput();
    }

    static void awaitEndOfInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
