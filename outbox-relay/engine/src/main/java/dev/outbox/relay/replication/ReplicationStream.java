package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/**
 * The messages of a slot. For one thread, but for {@link #abort}; every method may throw {@link ReplicationException}.
 *
 * <p>It holds the connection strongly: pgjdbc's stream does not, and a collected connection closes under the stream.
 */
public final class ReplicationStream implements AutoCloseable {

    private static final int OPEN_LIMIT_MILLIS = 30_000;
    private static final String PUBLICATION_SKIPPED = "55000";

    private final Source source;
    private final Connection connection;
    private final SocketTraffic traffic;
    private final PGReplicationStream stream;
    private final SystemIdentity system;

    private record SystemIdentity(String identifier, int timeline, String server, Backend backend) {}

    private ReplicationStream(
            Source source, Source.NotedConnection noted, PGReplicationStream stream, SystemIdentity system) {
        this.source = source;
        this.connection = noted.connection();
        this.traffic = noted.traffic();
        this.stream = stream;
        this.system = system;
    }

    /**
     * Takes the slot and begins where it was confirmed. pgjdbc's automatic flush is off: with it, a keepalive can confirm
     * a transaction that nobody has acknowledged.
     *
     * @param statusInterval how often a status goes to the server from inside {@link #read}
     */
    public static ReplicationStream open(Source source, Duration statusInterval) {
        return open(source, statusInterval, options -> options.withAutomaticFlush(false));
    }

    static ReplicationStream open(
            Source source, Duration statusInterval, UnaryOperator<ChainedLogicalStreamBuilder> options) {
        Source.NotedConnection noted = source.connectForStream();
        Connection connection = noted.connection();
        try {
            connection.setNetworkTimeout(Runnable::run, OPEN_LIMIT_MILLIS);
            SystemIdentity system = prepare(connection);
            // No start position: the server then begins at the slot's own, and can't be told to skip.
            PGReplicationStream stream = options.apply(connection
                            .unwrap(PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName(source.slot())
                            .withSlotOption("proto_version", 1)
                            .withSlotOption("publication_names", '"' + source.publication() + '"')
                            .withStatusInterval((int) statusInterval.toMillis(), TimeUnit.MILLISECONDS))
                    .start();
            connection.setNetworkTimeout(Runnable::run, 0);
            return new ReplicationStream(source, noted, stream, system);
        } catch (SQLException e) {
            Optional<Backend> holder = holder(source, connection, e);
            closeQuietly(connection, e);
            throw SqlErrors.onStart(source, e, holder);
        }
    }

    private static Optional<Backend> holder(Source source, Connection connection, SQLException refusal) {
        try {
            return SqlErrors.isHeld(refusal) ? Backend.holding(connection, source.slot()) : Optional.empty();
        } catch (SQLException e) {
            refusal.addSuppressed(e);
            return Optional.empty();
        }
    }

    /** Settles how values are written as text. */
    static void settleText(Statement statement) throws SQLException {
        statement.execute("SET TimeZone = 'UTC'");
        statement.execute("SET DateStyle = 'ISO'");
        statement.execute("SET bytea_output = 'hex'");
    }

    /** Settles how values are written as text; returns who the server is. */
    private static SystemIdentity prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            settleText(statement);
            String server;
            try (ResultSet started =
                    statement.executeQuery("SELECT extract(epoch FROM pg_postmaster_start_time())::text")) {
                started.next();
                server = started.getString(1);
            }
            try (ResultSet system = statement.executeQuery("IDENTIFY_SYSTEM")) {
                system.next();
                return new SystemIdentity(
                        system.getString("systemid"), system.getInt("timeline"), server, Backend.of(connection));
            }
        }
    }

    /** The server's timeline when the stream was opened. */
    public int timeline() {
        return system.timeline();
    }

    /** The server's system identifier. */
    public String systemIdentifier() {
        return system.identifier();
    }

    /** Which server it comes from, in the words of {@link Sighting#server}. */
    public String server() {
        return system.server();
    }

    /** The server's end of it. */
    public Backend backend() {
        return system.backend();
    }

    /** The next message, or null when none has arrived; waits for about a millisecond at most. */
    public @Nullable ByteBuffer read() {
        traffic.beginRead();
        try {
            ByteBuffer message = stream.readPending();
            if (message == null && stream.isClosed()) {
                throw new ReplicationException(
                        "The server at " + source.address() + " has ended the stream of slot '" + source.slot()
                                + "', as it does when it stops. What was not confirmed comes again after a reconnect.",
                        true,
                        null);
            }
            return message;
        } catch (SQLException e) {
            throw SqlErrors.onStream(source, e);
        }
    }

    /**
     * The next message, or null when none arrives within a time, which is waited out asleep. Only where the read before
     * has brought nothing.
     */
    public @Nullable ByteBuffer read(Duration atMost) {
        return traffic.listen(atMost) ? read() : null;
    }

    /** Whether so much has arrived of late, as of the last read, that nobody waits for a single message. */
    public boolean isBehind() {
        return traffic.isBehind();
    }

    /**
     * Up to where the server has sent everything. Only meaningful straight after {@link #read} has returned null: before,
     * it may lie beyond messages that have not been read yet.
     */
    public LogSequenceNumber receivedLsn() {
        return new LogSequenceNumber(stream.getLastReceiveLSN().asLong());
    }

    /**
     * What the server says if it leaves out what it should send: from PostgreSQL 18 on it only warns where a publication
     * does not exist. Null if it says nothing like that.
     */
    public @Nullable String skippedPublication() {
        try {
            String skipped = null;
            for (SQLWarning warning = connection.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                if (PUBLICATION_SKIPPED.equals(warning.getSQLState())) {
                    skipped = SqlErrors.message(warning);
                }
            }
            connection.clearWarnings();
            return skipped;
        } catch (SQLException e) {
            throw SqlErrors.onStream(source, e);
        }
    }

    /** What goes over its socket. */
    public SocketTraffic traffic() {
        return traffic;
    }

    /** Lets the server forget what lies before; told with the next status. */
    public void confirm(LogSequenceNumber lsn) {
        var confirmed = org.postgresql.replication.LogSequenceNumber.valueOf(lsn.value());
        stream.setFlushedLSN(confirmed);
        stream.setAppliedLSN(confirmed);
    }

    /** Sends a status now: a sign of life, with what is confirmed. */
    public void sendStatus() {
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            throw SqlErrors.onStream(source, e);
        }
    }

    /** Ends the stream in order and gives the slot back. */
    @Override
    public void close() {
        try (connection) {
            stream.close();
        } catch (SQLException e) {
            throw SqlErrors.onStream(source, e);
        }
    }

    /** Cuts the connection, from any thread; a read in progress fails. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw SqlErrors.onStream(source, e);
        }
    }

    private static void closeQuietly(Connection connection, SQLException cause) {
        try {
            connection.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
