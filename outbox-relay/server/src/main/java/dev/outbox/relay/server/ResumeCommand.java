package dev.outbox.relay.server;

import picocli.CommandLine.Command;

/** {@code outbox-relay resume}. */
@Command(
        name = "resume",
        description = {"Has a paused stream relay again, from where it was."},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is done",
            "1:the relay does not answer, or refuses",
            "2:the command line or the configuration is wrong, has no such stream, or no admin.port",
            "6:the relay has taken the order, and it is not done yet"
        })
final class ResumeCommand extends StreamOrder {

    /** For picocli. */
    ResumeCommand() {
        super("PUT", "resume");
    }
}
