package dev.outbox.jpa;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The SQL that makes Outbox's tables, as resources of this library.
 *
 * <p>Each is a versioned migration of Flyway ({@code V1__outbox.sql}) and a formatted SQL changelog of Liquibase at once,
 * and plain SQL for everything else. Later versions of the library add files and never change one. The versions count
 * over all files; where an application counts its own from 1 too, Outbox's location belongs to a Flyway of its own, with a
 * {@code table} of its own, or the file is copied under the application's next number.
 */
public enum SchemaFile {
    /** {@code public.outbox} with a {@code json} payload: the default. */
    OUTBOX_JSON("json", "V1__outbox.sql"),
    /** {@code public.outbox} with a {@code bytea} payload, for {@link dev.outbox.PayloadType#BYTEA}. */
    OUTBOX_BYTEA("bytea", "V1__outbox.sql"),
    /** {@code public.outbox} with a partition for each day, and the function {@code outbox_days} that makes and drops them. */
    OUTBOX_DAILY("daily", "V1__outbox.sql"),
    /** {@code public.inbox}, in the consumer's database. */
    INBOX("inbox", "V2__inbox.sql");

    private static final String FOLDER = "dev/outbox/jpa/schema/";

    private final String folder;
    private final String file;

    SchemaFile(String folder, String file) {
        this.folder = folder;
        this.file = file;
    }

    /** The folder on the classpath, which holds no other table's files: {@code classpath:} + this is Flyway's location. */
    public String location() {
        return FOLDER + folder;
    }

    /** The file on the classpath, as Liquibase includes it. */
    public String resource() {
        return location() + "/" + file;
    }

    /** The SQL itself: statements that one call of {@link java.sql.Statement#execute(String)} runs. */
    public String sql() {
        try (InputStream in =
                Objects.requireNonNull(SchemaFile.class.getResourceAsStream("/" + resource()), resource())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
