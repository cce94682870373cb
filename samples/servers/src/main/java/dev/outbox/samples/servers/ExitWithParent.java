package dev.outbox.samples.servers;

import java.io.IOException;

/**
 * Ends a process with the one that started it, also after a SIGKILL of that one. Standard input must be a pipe from the
 * parent, which {@link ProcessBuilder} makes unless told otherwise.
 */
public final class ExitWithParent {

    private ExitWithParent() {}

    /** Watches standard input from now on, on a thread of its own, and halts the JVM when that ends. */
    public static void watch() {
        Thread watcher = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // nothing is ever written; the stream ends with the parent
                        }
                    } catch (IOException e) {
                        System.err.println("Standard input failed, which ends the process: " + e.getMessage());
                    }
                    Runtime.getRuntime().halt(0);
                },
                "parent-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }
}
