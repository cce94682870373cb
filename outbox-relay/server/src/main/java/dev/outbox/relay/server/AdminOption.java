package dev.outbox.relay.server;

import dev.outbox.relay.server.client.AdminClient;
import dev.outbox.relay.server.config.AdminConfig;
import picocli.CommandLine.Mixin;

/** The options of every command that asks a running relay. */
final class AdminOption {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    /**
     * A client for the relay of this configuration.
     *
     * @throws UsageException if the configuration does not say where to ask
     */
    AdminClient client() {
        AdminConfig admin = config.read()
                .admin()
                .filter(found -> found.port() != 0)
                .orElseThrow(
                        () -> new UsageException("relay.admin.port: expected the port at which the relay answers in "
                                + config.file() + ", found none. Set it, and start the relay again."));
        return new AdminClient(admin);
    }
}
