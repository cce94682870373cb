package dev.outbox.samples.reader;

import dev.outbox.jpa.InboxTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The reader's two tables, made where they are missing. */
final class Schema {

    private Schema() {}

    /** Makes what is missing and commits; two readers may do it at once. */
    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(hashtext('dev.outbox.samples.reader'))");
            statement.execute(PersonTable.DDL);
            statement.execute(InboxTable.DEFAULT.ddl());
        }
        connection.commit();
    }
}
