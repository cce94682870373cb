package dev.outbox.relay.server;

import picocli.CommandLine.Command;

/** {@code outbox-relay pause}. */
@Command(
        name = "pause",
        description = {
            "Ends what a stream does, in order, and has it relay nothing until it is resumed.",
            "This survives the relay's process, and holds for a relay that stands by. The slot retains WAL meanwhile."
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
final class PauseCommand extends StreamOrder {

    /** For picocli. */
    PauseCommand() {
        super("PUT", "pause");
    }
}
