package dev.outbox.samples.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** A copy of a running server's data, as {@code pg_basebackup} makes it; that program is not among the binaries here. */
final class BaseCopy {

    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "epg-lock", "pg_replslot", "pg_stat_tmp", "pg_dynshmem");

    private BaseCopy() {}

    /**
     * Copies the data into a new directory of its own, for a standby that streams from that server.
     *
     * @param slots the logical slots to copy with it
     */
    static Path forStandbyOf(PostgresServer primary, Set<String> slots) {
        try (Connection connection = primary.connect("postgres");
                Statement statement = connection.createStatement()) {
            Path from = Path.of(show(statement, "data_directory"));
            Path to = Files.createTempDirectory(from.getParent(), "standby");
            statement.execute("SELECT pg_backup_start('standby', fast => true)");
            copy(from, to);
            try (ResultSet stopped = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                stopped.next();
                Files.writeString(to.resolve("backup_label"), stopped.getString(1), StandardCharsets.UTF_8);
            }
            copy(from.resolve("pg_wal"), to.resolve("pg_wal"));
            Files.createFile(to.resolve("standby.signal"));
            Files.writeString(
                    to.resolve("postgresql.auto.conf"), follow(primary, statement, to), StandardCharsets.UTF_8);
            Path replicationSlots = Files.createDirectories(to.resolve("pg_replslot"));
            for (String slot : slots) {
                Path state =
                        Files.createDirectory(replicationSlots.resolve(slot)).resolve("state");
                Files.copy(from.resolve("pg_replslot").resolve(slot).resolve("state"), state);
            }
            return to;
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("The server's data could not be copied: " + e.getMessage(), e);
        }
    }

    private static String follow(PostgresServer primary, Statement statement, Path data) throws SQLException {
        String slot = data.getFileName().toString();
        statement.execute("SELECT pg_create_physical_replication_slot('" + slot + "', true)");
        return """
                primary_conninfo = 'host=localhost port=%d user=%s dbname=postgres'
                primary_slot_name = '%s'
                hot_standby_feedback = on
                """.formatted(primary.port(), primary.user(), slot);
    }

    private static String show(Statement statement, String setting) throws SQLException {
        try (ResultSet result = statement.executeQuery("SHOW " + setting)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (LEFT_OUT.contains(directory.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!LEFT_OUT.contains(file.getFileName().toString())) {
                    copyIfThere(file, to.resolve(from.relativize(file).toString()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    /** A running server removes files now and then. */
    private static void copyIfThere(Path from, Path to) throws IOException {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(to);
        }
    }
}
