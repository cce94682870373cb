package dev.outbox.relay.benchmarks.process;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** A slot's stream as pgjdbc gives it, with nothing around it. Nothing is ever confirmed. Not thread safe. */
final class BareStream implements AutoCloseable {

    /** The relay's: a larger one does not fill while the reader is away. */
    private static final int RECEIVE_BUFFER = 128 * 1024;

    private final Connection connection;
    private final PGReplicationStream stream;

    private BareStream(Connection connection, PGReplicationStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    static BareStream open(String url, String slot, Reading reading) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, "postgres");
        PGProperty.PASSWORD.set(properties, "postgres");
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        if (reading == Reading.IN_GULPS) {
            PGProperty.SOCKET_FACTORY.set(properties, GulpingSocketFactory.class.getName());
            PGProperty.RECEIVE_BUFFER_SIZE.set(properties, RECEIVE_BUFFER);
        }
        Connection connection = DriverManager.getConnection(url, properties);
        PGReplicationStream stream = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", "outbox")
                .withAutomaticFlush(false)
                .withStatusInterval(10, TimeUnit.SECONDS)
                .start();
        return new BareStream(connection, stream);
    }

    /** The next message of pgoutput, waited for. */
    ByteBuffer read() throws SQLException {
        return stream.read();
    }

    @Override
    public void close() throws SQLException {
        stream.close();
        connection.close();
    }
}
