package dev.outbox.relay.server;

import java.io.Console;
import java.util.Optional;

/** The person who started a command, if there is one. */
@FunctionalInterface
public interface Terminal {

    /** The process's own. */
    Terminal SYSTEM = Terminal::ask;

    /** Whether somebody looks at what is printed, and could answer. */
    static boolean isThere() {
        return console().isPresent();
    }

    /** The answer to a question, which may be empty; {@link Optional#empty} if nobody can be asked. Waits for it. */
    Optional<String> answer(String question);

    /** The same for what nobody may see. */
    static Optional<String> secret(String question) {
        return console()
                .flatMap(console -> Optional.ofNullable(console.readPassword("%s", question)))
                .map(String::new);
    }

    /** Up to Java 21 there is no console where there is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Terminal::isTerminal);
    }

    private static Optional<String> ask(String question) {
        return console().map(console -> {
            String line = console.readLine("%s", question);
            return line == null ? "" : line.strip();
        });
    }

    /** From Java 22 on there always is one, and a method that tells. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
