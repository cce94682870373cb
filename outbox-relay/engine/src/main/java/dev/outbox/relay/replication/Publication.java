package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The publication: which changes the server sends. Only inserts are wanted, so the table needs no replica identity. */
final class Publication {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    private Publication() {}

    /**
     * Makes the publication where it is missing; otherwise returns what is wrong with the one that is there.
     *
     * @param table the outbox table
     */
    static List<Finding> ensure(Connection connection, Source source, TableChecks table) throws SQLException {
        PublicationChecks checks = PublicationChecks.of(connection, source, table);
        if (!source.createMissing() && (checks.isMissing() || checks.lacksTable())) {
            throw gap(source, checks);
        }
        if (checks.isMissing()) {
            create(connection, source);
        }
        return checks.errors();
    }

    /** What was read from is not published any more. */
    static ReplicationException gap(Source source, PublicationChecks checks) {
        String expected = "Expected the publication '" + source.publication() + "' on " + source.address();
        String message = checks.isMissing()
                ? expected + " that this stream was read with, found that it is gone: what committed without it is not"
                        + " sent."
                : expected + " to hold the table " + source.table() + " that this stream was read from, found it"
                        + " without: what committed since is not sent. Put it back: ALTER PUBLICATION "
                        + OutboxTable.quote(source.publication()) + " ADD TABLE "
                        + source.table().qualifiedName() + ";";
        return ReplicationException.gap(message, LogSequenceNumber.INVALID, null);
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
        String sql = createSql(source);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            LOG.info("Made publication '{}' for {}.", source.publication(), source.table());
        } catch (SQLException e) {
            throw new ReplicationException(
                    "The publication '" + source.publication() + "' is missing on " + source.address()
                            + " and can't be made (" + SqlErrors.message(e) + "). Run as the table's owner: " + sql
                            + ";",
                    SqlErrors.isLoss(e),
                    e);
        }
    }

    /** Without a semicolon. */
    static String createSql(Source source) {
        return "CREATE PUBLICATION " + OutboxTable.quote(source.publication()) + " FOR TABLE "
                + source.table().qualifiedName() + " WITH (publish = 'insert', publish_via_partition_root = true)";
    }
}
