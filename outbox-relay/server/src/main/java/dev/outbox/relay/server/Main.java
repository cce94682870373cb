package dev.outbox.relay.server;

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
        subcommands = {RunCommand.class, HelpCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Main {

    /** For picocli, which makes its commands itself. */
    public Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setExecutionExceptionHandler((error, failed, parsed) -> {
            failed.getErr().println(Sentences.of(error));
            return ExitCode.FAILED;
        });
        System.exit(commandLine.execute(arguments));
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
