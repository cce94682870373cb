package dev.outbox.relay.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** A command that was run in this JVM, with what it printed. */
record CommandLineRun(int exitCode, String out, String err) {

    static CommandLineRun of(String... arguments) {
        return of(CommandLine.defaultFactory(), arguments);
    }

    /** @param factory makes the commands */
    static CommandLineRun of(IFactory factory, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.reporting(new CommandLine(new Main(), factory))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new CommandLineRun(exitCode, out.toString(), err.toString());
    }
}
