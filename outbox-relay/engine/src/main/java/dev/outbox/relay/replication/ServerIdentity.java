package dev.outbox.relay.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which server it is, as IDENTIFY_SYSTEM tells it.
 *
 * @param systemIdentifier the same on primary and standbys, and after a restore
 * @param timeline the server's
 */
public record ServerIdentity(String systemIdentifier, int timeline) {

    /**
     * Asks over a replication connection, as a stream has it.
     *
     * @throws ReplicationException if there is none to be had
     */
    static ServerIdentity of(Source source) {
        try (Connection connection = source.connectForReplication();
                var statement = connection.createStatement();
                ResultSet system = statement.executeQuery("IDENTIFY_SYSTEM")) {
            system.next();
            return new ServerIdentity(system.getString("systemid"), system.getInt("timeline"));
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "identify the server", e);
        }
    }
}
