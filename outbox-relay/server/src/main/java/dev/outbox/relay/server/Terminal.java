package dev.outbox.relay.server;

import java.io.Console;
import java.util.Optional;

/** The person who started a command, if there is one. */
@FunctionalInterface
interface Terminal {

    /** The process's own. */
    Terminal SYSTEM = Terminal::ask;

    /** Whether somebody looks at what is printed, and could answer. */
    @SuppressWarnings("SystemConsoleNull")
    static boolean isThere() {
        Console console = System.console();
        return console != null && isTerminal(console);
    }

    /** The answer to a question, which may be empty; {@link Optional#empty} if nobody can be asked. Waits for it. */
    Optional<String> answer(String question);

    /** Up to Java 21 there is no console where there is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static Optional<String> ask(String question) {
        if (!isThere()) {
            return Optional.empty();
        }
        String line = System.console().readLine("%s", question);
        return Optional.of(line == null ? "" : line.strip());
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
