package dev.outbox.relay.server.setup;

import dev.outbox.relay.server.Terminal;
import java.util.Map;
import java.util.Optional;

/** The commands with an environment of the test's own, and nobody to be asked for a password. */
public final class AdminCommands {

    private AdminCommands() {}

    public static SetupCommand setup(String adminPassword) {
        return new SetupCommand(admin(adminPassword));
    }

    /** With somebody who answers, or nobody. */
    public static DropCommand drop(String adminPassword, Terminal terminal) {
        return new DropCommand(terminal, admin(adminPassword));
    }

    public static AdminOption admin(String password) {
        return new AdminOption(Map.of(AdminOption.PASSWORD_VARIABLE, password), question -> Optional.empty());
    }
}
