package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The publication: which changes the server sends. Only inserts are wanted, so the table needs no replica identity. */
final class Publication {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    private Publication() {}

    /**
     * Makes the publication where it is missing; otherwise returns what is wrong with the one that is there.
     *
     * @param columns those that the table has
     */
    static List<String> ensure(Connection connection, Source source, Set<String> columns) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pubinsert, pubviaroot FROM pg_publication WHERE pubname = ?")) {
            statement.setString(1, source.publication());
            try (ResultSet result = statement.executeQuery()) {
                if (result.next()) {
                    return mistakes(connection, source, columns, result.getBoolean(1), result.getBoolean(2));
                }
            }
        }
        if (!source.createMissing()) {
            throw ReplicationException.gap(
                    "Expected the publication '" + source.publication() + "' on " + source.address()
                            + " that this stream was read with, found that it is gone: what committed without it is not"
                            + " sent.",
                    LogSequenceNumber.INVALID,
                    null);
        }
        create(connection, source);
        return List.of();
    }

    static long oid(Connection connection, Source source) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT oid FROM pg_publication WHERE pubname = ?")) {
            statement.setString(1, source.publication());
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? result.getLong(1) : 0;
            }
        }
    }

    private static void create(Connection connection, Source source) {
        String sql = "CREATE PUBLICATION " + OutboxTable.quote(source.publication()) + " FOR TABLE "
                + source.table().qualifiedName() + " WITH (publish = 'insert', publish_via_partition_root = true)";
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            LOG.info("Made publication '{}' for {}.", source.publication(), source.table());
        } catch (SQLException e) {
            throw new ReplicationException(
                    "The publication '" + source.publication() + "' is missing on " + source.address()
                            + " and can't be made (" + SqlErrors.message(e) + "). Run as the table's owner: " + sql
                            + ";",
                    false,
                    e);
        }
    }

    private static List<String> mistakes(
            Connection connection, Source source, Set<String> columns, boolean inserts, boolean viaRoot)
            throws SQLException {
        String name = OutboxTable.quote(source.publication());
        List<String> mistakes = new ArrayList<>();
        if (!inserts) {
            mistakes.add("Expected the publication '" + source.publication() + "' to publish inserts, found that it"
                    + " does not. Run ALTER PUBLICATION " + name + " SET (publish = 'insert');");
        }
        if (!viaRoot && isPartitioned(connection, source)) {
            mistakes.add("Expected the publication '" + source.publication() + "' to publish the partitioned table "
                    + source.table() + " under its own name, found publish_via_partition_root = false. Run ALTER"
                    + " PUBLICATION " + name + " SET (publish_via_partition_root = true);");
        } else {
            checkTable(connection, source, columns, mistakes);
        }
        return mistakes;
    }

    private static void checkTable(Connection connection, Source source, Set<String> columns, List<String> mistakes)
            throws SQLException {
        OutboxTable table = source.table();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT attnames, rowfilter FROM pg_publication_tables
                WHERE pubname = ? AND schemaname = ? AND tablename = ?
                """)) {
            statement.setString(1, source.publication());
            statement.setString(2, table.schema());
            statement.setString(3, table.name());
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    if (!source.createMissing()) {
                        throw ReplicationException.gap(
                                "Expected the publication '" + source.publication() + "' on " + source.address()
                                        + " to hold the table " + table + " that this stream was read from, found it"
                                        + " without: what committed since is not sent. Put it back: ALTER PUBLICATION "
                                        + OutboxTable.quote(source.publication()) + " ADD TABLE "
                                        + table.qualifiedName() + ";",
                                LogSequenceNumber.INVALID,
                                null);
                    }
                    mistakes.add("Expected the publication '" + source.publication() + "' to hold the table " + table
                            + ", found it without. Run ALTER PUBLICATION " + OutboxTable.quote(source.publication())
                            + " ADD TABLE " + table.qualifiedName() + "; events inserted before that are not relayed.");
                    return;
                }
                if (result.getString("rowfilter") != null) {
                    mistakes.add("Expected every row of " + table + " in the publication '" + source.publication()
                            + "', found a row filter, which would leave events out. Take the WHERE clause away.");
                }
                Set<String> published = names(result.getArray("attnames"));
                for (Column column : Column.values()) {
                    if (column != Column.XID
                            && columns.contains(table.column(column))
                            && !published.contains(table.column(column))) {
                        mistakes.add("Expected the column '" + table.column(column) + "' of " + table
                                + " in the publication '" + source.publication()
                                + "', found a column list without it. Add it to the list.");
                    }
                }
            }
        }
    }

    private static Set<String> names(Array array) throws SQLException {
        return Set.of((String[]) array.getArray());
    }

    private static boolean isPartitioned(Connection connection, Source source) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'p'
                """)) {
            statement.setString(1, source.table().schema());
            statement.setString(2, source.table().name());
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }
}
