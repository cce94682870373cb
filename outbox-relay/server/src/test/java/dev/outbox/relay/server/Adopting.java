package dev.outbox.relay.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** A run of {@code outbox-relay adopt} within this JVM, with what it printed. */
record Adopting(int exitCode, String output) {

    /** For the stream of a shop, with nobody to be asked. */
    static Adopting of(Shop shop, Path config, String... further) {
        List<String> arguments = new ArrayList<>(List.of("--config", config.toString(), "--stream", shop.name));
        arguments.addAll(List.of(further));
        return run(question -> Optional.empty(), arguments.toArray(String[]::new));
    }

    /** With somebody who answers; the arguments begin with the command's name. */
    static Adopting answering(String answer, String... arguments) {
        return run(question -> Optional.of(answer), Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    static Adopting run(Terminal terminal, String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output, true);
        int exitCode = Main.reporting(new CommandLine(new AdoptCommand(terminal)))
                .setOut(printer)
                .setErr(printer)
                .execute(arguments);
        printer.flush();
        return new Adopting(exitCode, output.toString());
    }

    /** The SQL that it printed. */
    String sql() {
        return output.lines()
                .filter(line -> line.contains("SELECT "))
                .map(line -> line.substring(line.indexOf("SELECT ")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(output));
    }

    /** The arguments of the command that a text names, as a shell would split them; the paths of tests have no spaces. */
    static String[] command(String text) {
        String line = text.lines()
                .filter(words -> words.contains("outbox-relay adopt "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(text));
        return line.substring(line.indexOf("outbox-relay adopt ") + "outbox-relay ".length())
                .strip()
                .split(" ");
    }
}
