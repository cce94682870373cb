package dev.outbox.relay.server;

import dev.outbox.relay.server.config.ConfigException;
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
            StatusCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            RestartCommand.class,
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

    /** With failures as sentences, and an exit code for each kind. */
    static CommandLine reporting(CommandLine commandLine) {
        return commandLine.setExecutionExceptionHandler((error, failed, parsed) -> {
            if (error instanceof ConfigException config) {
                config.mistakes().forEach(failed.getErr()::println);
                return ExitCode.USAGE;
            }
            if (error instanceof UsageException) {
                failed.getErr().println(error.getMessage());
                return ExitCode.USAGE;
            }
            failed.getErr().println(Sentences.of(error));
            return ExitCode.FAILED;
        });
    }

    /** The version that the build wrote into the manifest. */
    static final class Version implements IVersionProvider {

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
