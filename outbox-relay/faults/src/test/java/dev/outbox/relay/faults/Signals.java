package dev.outbox.relay.faults;

import java.io.IOException;

/** Signals to processes, those that Java does not know. */
final class Signals {

    private Signals() {}

    /** @param name without SIG: STOP, CONT, KILL */
    static void send(String name, long pid) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " " + pid + " ended with " + code);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
