package dev.outbox.relay.server;

import picocli.CommandLine.Command;

/** {@code outbox-relay restart}. */
@Command(
        name = "restart",
        description = {
            "Ends what a stream does, in order, and has it begin anew: at once, also where it has failed and would wait."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is done",
            "1:the relay does not answer, or refuses",
            "2:the command line or the configuration is wrong, has no such stream, or no admin.port",
            "6:the relay has taken the order, and it is not done yet"
        })
final class RestartCommand extends StreamOrder {

    /** For picocli. */
    RestartCommand() {
        super("POST", "restart");
    }
}
