package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
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
 */
public record Source(
        String url,
        @Nullable String username,
        @Nullable String password,
        Map<String, String> properties,
        String slot,
        String publication,
        OutboxTable table,
        Duration walSenderTimeout) {

    private static final String CONNECT_TIMEOUT_SECONDS = "10";

    /** The database as messages name it: the URL without its parameters, which may hold a password. */
    public String address() {
        return url.replaceFirst("\\?.*", "");
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
        Properties connection = connectionProperties();
        PGProperty.REPLICATION.set(connection, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(connection, "15");
        PGProperty.PREFER_QUERY_MODE.set(connection, "simple");
        PGProperty.SOCKET_TIMEOUT.set(connection, "0");
        PGProperty.OPTIONS.set(connection, "-c wal_sender_timeout=" + walSenderTimeout.toMillis());
        return connect(connection);
    }

    private Properties connectionProperties() {
        Properties connection = new Properties();
        PGProperty.CONNECT_TIMEOUT.set(connection, CONNECT_TIMEOUT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(connection, CONNECT_TIMEOUT_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(connection, true);
        PGProperty.APPLICATION_NAME.set(connection, "outbox-relay " + slot);
        properties.forEach(connection::setProperty);
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
            return DriverManager.getConnection(url, connection);
        } catch (SQLException e) {
            throw SqlErrors.onConnect(this, e);
        }
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return "Source[" + address() + ", slot=" + slot + ", publication=" + publication + ", table=" + table + "]";
    }
}
