package dev.outbox.relay.server;

import java.io.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The person who started a command, if there is one. */
@FunctionalInterface
public interface Terminal {

    /** The process's own. */
    Terminal SYSTEM = Terminal::ask;

    /** The answer to a question, which may be empty; {@link Optional#empty} if nobody can be asked. Waits for it. */
    Optional<String> answer(String question);

    /** Whether somebody sees what is printed while it is. */
    static boolean isWatched() {
        return console() != null;
    }

    /** The same for what nobody may see. */
    static Optional<String> secret(String question) {
        Console console = console();
        char[] answer = console == null ? null : console.readPassword("%s", question);
        return answer == null ? Optional.empty() : Optional.of(new String(answer));
    }

    private static Optional<String> ask(String question) {
        Console console = console();
        if (console == null) {
            return Optional.empty();
        }
        String line = console.readLine("%s", question);
        return Optional.of(line == null ? "" : line.strip());
    }

    /** Up to Java 21 there is no console where there is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable Console console() {
        Console console = System.console();
        return console == null || !isTerminal(console) ? null : console;
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
