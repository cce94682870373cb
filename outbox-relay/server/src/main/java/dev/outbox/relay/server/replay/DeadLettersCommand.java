package dev.outbox.relay.server.replay;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code outbox-relay dead-letters}: what to do with the events that could not be delivered. */
@Command(
        name = "dead-letters",
        description = "Lists a stream's dead letters, and sends them to where they were to go.",
        mixinStandardHelpOptions = true,
        subcommands = {ListLettersCommand.class, ReplayLettersCommand.class, HelpCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class DeadLettersCommand {

    /** For picocli. */
    public DeadLettersCommand() {}
}
