package dev.outbox.relay.server.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that a value is read from, {@code ${file:/run/secrets/relay-password}}, as Kubernetes and Docker mount secrets. */
final class SecretFile {

    /** What stands before the path, where a variable has its name. */
    static final String PREFIX = "file";

    private SecretFile() {}

    /** Why a file has no value to give, in words that follow "expected". Knows nothing of what the file holds. */
    static final class Unusable extends Exception {

        private static final long serialVersionUID = 1L;

        private final String words;

        private Unusable(String path, String found) {
            this.words = "a text file at '" + path + "', found " + found
                    + "; put the secret there, let the relay read it, or correct the path";
        }

        String words() {
            return words;
        }
    }

    /**
     * The file's text without the one line break that editors and {@code echo} put at its end.
     *
     * @throws Unusable if there is no text to be read at the path
     */
    static String read(String path) throws Unusable {
        try {
            if (path.isBlank()) {
                throw new Unusable(path, "no path, which follows the colon of ${" + PREFIX + ":/run/secrets/name}");
            }
            Path file = Path.of(path);
            if (Files.isDirectory(file)) {
                throw new Unusable(path, "a directory");
            }
            return Files.readString(file).replaceFirst("\\r?\\n\\z", "");
        } catch (InvalidPathException e) {
            throw new Unusable(path, "something that is no path");
        } catch (NoSuchFileException e) {
            throw new Unusable(path, "nothing there");
        } catch (AccessDeniedException e) {
            throw new Unusable(path, "one that the relay may not read");
        } catch (CharacterCodingException e) {
            throw new Unusable(path, "bytes that are not UTF-8");
        } catch (IOException e) {
            throw new Unusable(path, e.getClass().getSimpleName());
        }
    }
}
