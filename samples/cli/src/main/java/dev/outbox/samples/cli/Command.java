package dev.outbox.samples.cli;

import java.time.Duration;
import picocli.CommandLine;

/**
 * Runs a picocli command as all samples do: exit code 0 if it worked, 1 with one sentence on standard error if it
 * didn't, 2 with the usage if the flags were wrong.
 */
public final class Command {

    private Command() {}

    /** Runs the command and returns the exit code. */
    public static int run(Object command, String... args) {
        return new CommandLine(command)
                .registerConverter(Duration.class, Durations::parse)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    line.getErr().println(line.getCommandName() + ": " + sentence(e));
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    private static String sentence(Exception e) {
        if (e instanceof SampleException) {
            return String.valueOf(e.getMessage());
        }
        StringBuilder text = new StringBuilder("unexpected error");
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            text.append(": ").append(cause.getClass().getSimpleName());
            if (cause.getMessage() != null) {
                text.append(": ").append(cause.getMessage().lines().findFirst().orElse(""));
            }
        }
        return text.toString();
    }
}
