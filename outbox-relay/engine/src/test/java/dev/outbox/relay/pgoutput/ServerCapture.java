package dev.outbox.relay.pgoutput;

import dev.outbox.samples.servers.PostgresServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** One database of a real server with a publication {@code p}, and what a pgoutput slot there has to say. */
final class ServerCapture implements AutoCloseable {

    private final Connection connection;
    private final PgOutputDecoder decoder = new PgOutputDecoder();

    /** A message, and what the server says beside it about the place and the transaction. */
    record Captured(String lsn, long xid, PgOutputMessage message) {}

    /** Runs the statements before it makes the slot, so that the slot doesn't see them. */
    ServerCapture(PostgresServer server, String database, String... setUp) throws SQLException {
        server.createDatabase(database);
        connection = server.connect(database);
        for (String sql : setUp) {
            execute(sql);
        }
        execute("SELECT pg_create_logical_replication_slot(current_database(), 'pgoutput')");
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** In one transaction. */
    void executeTogether(String... statements) throws SQLException {
        connection.setAutoCommit(false);
        for (String sql : statements) {
            execute(sql);
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    /** What has been committed since the last call, decoded. */
    List<Captured> capture(boolean binary) throws SQLException {
        String sql = """
                SELECT lsn::text, xid::text::bigint, data
                FROM pg_logical_slot_get_binary_changes(current_database(), NULL, NULL, 'proto_version', '1',
                    'publication_names', 'p', 'messages', 'true', 'binary', ?)""";
        List<Captured> messages = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, Boolean.toString(binary));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    PgOutputMessage message = decoder.decode(ByteBuffer.wrap(rows.getBytes(3)));
                    messages.add(new Captured(rows.getString(1), rows.getLong(2), message));
                }
            }
        }
        return messages;
    }

    /** As {@link #capture}, in text format, without the server's words and without Begin and Commit. */
    List<PgOutputMessage> captureChanges() throws SQLException {
        return capture(false).stream()
                .map(Captured::message)
                .filter(m -> !(m instanceof PgOutputMessage.Begin) && !(m instanceof PgOutputMessage.Commit))
                .toList();
    }

    long oid(String sqlExpression) throws SQLException {
        return query(sqlExpression + "::oid::bigint", Long.class);
    }

    <T> T query(String sqlExpression, Class<T> type) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + sqlExpression)) {
            row.next();
            return row.getObject(1, type);
        }
    }

    /** The relation as the catalogue has it, to compare with what the stream says. */
    PgOutputMessage.Relation relationOfCatalogue(String table) throws SQLException {
        String sql = """
                SELECT coalesce(indisprimary, false) OR relreplident = 'f', attname, atttypid::bigint, atttypmod,
                    relreplident
                FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
                    LEFT JOIN pg_index i ON i.indrelid = c.oid AND a.attnum = ANY (i.indkey)
                WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped
                ORDER BY attnum""";
        List<PgOutputMessage.Relation.Column> columns = new ArrayList<>();
        char identity = 0;
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(new PgOutputMessage.Relation.Column(
                            rows.getBoolean(1) ? 1 : 0, rows.getString(2), rows.getLong(3), rows.getInt(4)));
                    identity = rows.getString(5).charAt(0);
                }
            }
        }
        return new PgOutputMessage.Relation(oid("'" + table + "'::regclass"), "public", table, identity, columns);
    }

    /** Leaves slot and database behind: they go with the server. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
