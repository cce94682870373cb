package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * The database that the relay reads, and what it reads there.
 *
 * @param url JDBC URL
 * @param username the role, or null to leave it to the URL
 * @param password its password, or null
 * @param properties further pgjdbc connection properties
 * @param slot the replication slot's name
 * @param publication the publication's name
 * @param table the outbox table
 * @param walSenderTimeout after which silence the server frees the slot
 * @param createMissing whether to make publication and slot where they are missing; not once this relay has streamed from
 *     them, for a new slot would skip what committed in between
 */
public record Source(
        String url,
        @Nullable String username,
        @Nullable String password,
        Map<String, String> properties,
        String slot,
        String publication,
        OutboxTable table,
        Duration walSenderTimeout,
        boolean createMissing) {

    private static final String URL_PREFIX = "jdbc:postgresql:";
    private static final String CONNECT_TIMEOUT_SECONDS = "10";

    /** The database as messages name it: the URL without its parameters, which may hold a password. */
    public String address() {
        return url.replaceFirst("\\?.*", "");
    }

    /** The same seen by another role, or at another address. */
    public Source of(String otherUrl, @Nullable String otherName, @Nullable String otherPassword) {
        return new Source(
                otherUrl,
                otherName,
                otherPassword,
                properties,
                slot,
                publication,
                table,
                walSenderTimeout,
                createMissing);
    }

    /** The role that connections are made as. */
    public String role() {
        return Objects.requireNonNullElse(
                PGProperty.USER.getOrDefault(connectionProperties()), System.getProperty("user.name", "?"));
    }

    /** The host, or the hosts, that connections are made to. */
    String host() {
        return Objects.requireNonNullElse(PGProperty.PG_HOST.getOrDefault(connectionProperties()), "");
    }

    /** The database's name. */
    public String database() {
        return Objects.requireNonNullElse(PGProperty.PG_DBNAME.getOrDefault(connectionProperties()), "");
    }

    /** What is wrong with a JDBC URL, if anything. Never quotes it: it may hold a password. */
    public static Optional<String> urlMistake(String url) {
        if (!url.startsWith(URL_PREFIX)) {
            return Optional.of("expected " + URL_PREFIX + "//host:port/database, found another scheme");
        }
        return Driver.parseURL(url, null) == null
                ? Optional.of("expected " + URL_PREFIX + "//host:port/database, found something that can't be read as"
                        + " that (a port that is no number, or a % that is not %25?)")
                : Optional.empty();
    }

    /** Whether URL or properties name a socket factory, which would take the place of the relay's own. */
    public static boolean namesSocketFactory(String url, Map<String, String> properties) {
        Properties parsed = Driver.parseURL(url, null);
        return properties.containsKey(PGProperty.SOCKET_FACTORY.getName())
                || (parsed != null && parsed.getProperty(PGProperty.SOCKET_FACTORY.getName()) != null);
    }

    /**
     * Where a timeline of this server left its ancestors.
     *
     * @throws ReplicationException if the server does not tell
     */
    public TimelineHistory timelineHistory(int timeline) {
        if (timeline == 1) {
            return TimelineHistory.NONE;
        }
        try (Connection connection = connectForReplication();
                var statement = connection.createStatement();
                ResultSet file = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            file.next();
            return TimelineHistory.parse(file.getString("content"));
        } catch (SQLException | IllegalArgumentException e) {
            throw new ReplicationException(
                    "Can't read the history of timeline " + timeline + " on " + address() + ": " + e.getMessage() + ".",
                    true,
                    e);
        }
    }

    /** A connection for queries; the caller closes it. */
    Connection connect() {
        Properties connection = connectionProperties();
        PGProperty.SOCKET_TIMEOUT.set(connection, "30");
        return connect(connection);
    }

    /**
     * A connection that can stream. It has no {@code socketTimeout}: pgjdbc's replication stream loses its place in the
     * protocol when a read times out in the middle of a message.
     */
    Connection connectForReplication() {
        return connect(replicationProperties());
    }

    /** The same, with a socket that notes what goes over it. */
    NotedConnection connectForStream() {
        return NotedSocketFactory.during((name, traffic) -> {
            Properties connection = replicationProperties();
            PGProperty.SOCKET_FACTORY.set(connection, NotedSocketFactory.class.getName());
            PGProperty.SOCKET_FACTORY_ARG.set(connection, name);
            return new NotedConnection(connect(connection), traffic);
        });
    }

    record NotedConnection(Connection connection, SocketTraffic traffic) {}

    private Properties replicationProperties() {
        Properties connection = connectionProperties();
        PGProperty.REPLICATION.set(connection, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(connection, "15");
        PGProperty.PREFER_QUERY_MODE.set(connection, "simple");
        PGProperty.SOCKET_TIMEOUT.set(connection, "0");
        String options = PGProperty.OPTIONS.getOrDefault(connection);
        PGProperty.OPTIONS.set(
                connection,
                (options == null ? "" : options + " ") + "-c wal_sender_timeout=" + walSenderTimeout.toMillis());
        return connection;
    }

    /**
     * The URL's parameters, then the properties given, then what is the relay's own. pgjdbc itself lets a URL's
     * parameters win, which would undo the last, so they are taken out of it.
     */
    private Properties connectionProperties() {
        Properties connection = new Properties();
        PGProperty.CONNECT_TIMEOUT.set(connection, CONNECT_TIMEOUT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(connection, CONNECT_TIMEOUT_SECONDS);
        PGProperty.APPLICATION_NAME.set(connection, "outbox-relay " + slot);
        Properties parsed = Objects.requireNonNull(Driver.parseURL(url, null), "checked when the URL was configured");
        parsed.stringPropertyNames().forEach(name -> connection.setProperty(name, parsed.getProperty(name)));
        properties.forEach(connection::setProperty);
        PGProperty.TCP_KEEP_ALIVE.set(connection, true);
        if (username != null) {
            PGProperty.USER.set(connection, username);
        }
        if (password != null) {
            PGProperty.PASSWORD.set(connection, password);
        }
        return connection;
    }

    private Connection connect(Properties connection) {
        try {
            return DriverManager.getConnection(address(), connection);
        } catch (SQLException e) {
            throw SqlErrors.onConnect(this, PGProperty.REPLICATION.getOrDefault(connection) != null, e);
        }
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return "Source[" + address() + ", slot=" + slot + ", publication=" + publication + ", table=" + table + "]";
    }
}
