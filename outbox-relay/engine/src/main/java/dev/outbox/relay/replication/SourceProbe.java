package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A connection that looks at the server while a stream runs. For one thread; every method may throw
 * {@link ReplicationException}.
 */
public final class SourceProbe implements AutoCloseable {

    private static final String LSN =
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END";

    /**
     * A change whose commit is in the log, and not visible yet, holds these locks until it is: it may be waiting for a
     * synchronous standby. One that is only being made holds them, too.
     */
    private static final String CHANGING = """
            SELECT EXISTS (SELECT FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock'
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND (locktype = 'object' AND classid = 'pg_publication'::regclass AND objid = ?
                    OR locktype = 'object' AND objid = ?
                        AND classid IN ('pg_publication_rel'::regclass, 'pg_publication_namespace'::regclass)
                    OR locktype = 'relation' AND relation = ?))
            """;

    private static final String PUBLISHED = """
            WITH publication AS (SELECT oid, puballtables FROM pg_publication WHERE pubname = ? AND pubinsert),
                outbox AS (SELECT oid, relnamespace FROM pg_class WHERE oid = coalesce(
                    (SELECT oid FROM pg_class WHERE oid = ?),
                    (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname = ? AND c.relname = ?)))
            SELECT extract(epoch FROM pg_postmaster_start_time())::text, pg_is_in_recovery(),
                coalesce((SELECT oid FROM publication), 0),
                coalesce(
                    (SELECT r.oid FROM pg_publication_rel r, publication p, outbox o
                        WHERE r.prpubid = p.oid AND r.prrelid = o.oid),
                    (SELECT s.oid FROM pg_publication_namespace s, publication p, outbox o
                        WHERE s.pnpubid = p.oid AND s.pnnspid = o.relnamespace),
                    (SELECT 0 FROM publication WHERE puballtables), -1),
                coalesce((SELECT oid FROM outbox), 0)
            """;

    private final Source source;
    private final Connection connection;

    private SourceProbe(Source source, Connection connection) {
        this.source = source;
        this.connection = connection;
    }

    /** Connects. */
    public static SourceProbe connect(Source source) {
        return new SourceProbe(source, source.connect());
    }

    /**
     * Looks in this order, each with a snapshot of its own: how far the log goes, who holds locks, what is published. What
     * committed below the LSN is then visible, or its lock was seen.
     *
     * @param known what was published before; a table that has another name since is still the same
     */
    public Sighting look(Published known) {
        try (PreparedStatement statement = connection.prepareStatement(LSN + ";" + CHANGING + ";" + PUBLISHED)) {
            statement.setLong(1, known.publicationOid());
            statement.setLong(2, known.entryOid());
            statement.setLong(3, known.tableOid());
            statement.setString(4, source.publication());
            statement.setLong(5, known.tableOid());
            statement.setString(6, source.table().schema());
            statement.setString(7, source.table().name());
            statement.execute();
            LogSequenceNumber lsn = LogSequenceNumber.parse(next(statement).getString(1));
            statement.getMoreResults();
            boolean changing = next(statement).getBoolean(1);
            statement.getMoreResults();
            ResultSet found = next(statement);
            Published published = new Published(found.getLong(3), found.getLong(4), found.getLong(5));
            return new Sighting(lsn, !changing, found.getString(1), found.getBoolean(2), published);
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "look at the publication", e);
        }
    }

    private static ResultSet next(PreparedStatement statement) throws SQLException {
        ResultSet result = statement.getResultSet();
        result.next();
        return result;
    }

    /** Looks at the slot, and how far the log goes. */
    public SlotSighting slot() {
        try {
            return SlotSighting.look(connection, source);
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "look at the slot '" + source.slot() + "'", e);
        }
    }

    /** Up to where the server may forget, as the slot says. */
    public LogSequenceNumber confirmedLsn() {
        try {
            return ReplicationSlot.confirmedLsn(connection, source);
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "look at the slot '" + source.slot() + "'", e);
        }
    }

    /** Cuts the connection, from any thread. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "disconnect", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "disconnect", e);
        }
    }
}
