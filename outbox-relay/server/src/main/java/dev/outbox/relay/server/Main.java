package dev.outbox.relay.server;

import dev.outbox.relay.server.check.CheckCommand;
import dev.outbox.relay.server.config.ConfigException;
import dev.outbox.relay.server.replay.DeadLettersCommand;
import dev.outbox.relay.server.replay.ReplayCommand;
import dev.outbox.relay.server.setup.DropCommand;
import dev.outbox.relay.server.setup.SetupCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The command line. */
@Command(
        name = "outbox-relay",
        description = "Relays the events of transactional outbox tables in PostgreSQL to Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            SetupCommand.class,
            DropCommand.class,
            ReplayCommand.class,
            DeadLettersCommand.class,
            AdoptCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Main {

    /** For picocli, which makes its commands itself. */
    public Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(reporting(new CommandLine(new Main())).execute(arguments));
    }

    /** A command line with failures as sentences, and an exit code for each kind. */
    public static CommandLine reporting(CommandLine commandLine) {
        return commandLine.setExecutionExceptionHandler((error, failed, parsed) -> {
            if (error instanceof UsageException) {
                failed.getErr().println(Sentences.words(error));
                return ExitCode.USAGE;
            }
            if (error instanceof ConfigException config) {
                config.mistakes().forEach(failed.getErr()::println);
                return ExitCode.USAGE;
            }
            failed.getErr().println(Sentences.of(error));
            return ExitCode.FAILED;
        });
    }

    /** The version that the build wrote into the manifest. */
    public static final class Version implements IVersionProvider {

        /** For picocli. */
        public Version() {}

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "outbox-relay " + (version == null ? "(not packaged)" : version),
                "Java " + System.getProperty("java.version")
            };
        }
    }
}
