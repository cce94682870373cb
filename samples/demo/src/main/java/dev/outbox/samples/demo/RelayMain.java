package dev.outbox.samples.demo;

import dev.outbox.relay.server.Main;
import dev.outbox.samples.servers.ExitWithParent;

/** The relay's own process: the relay as it is, but that it ends with the demo. */
final class RelayMain {

    private RelayMain() {}

    public static void main(String[] arguments) {
        ExitWithParent.watch();
        Main.main(arguments);
    }
}
