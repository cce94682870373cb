package dev.outbox.samples.writer;

import dev.outbox.OutboxTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The writer's three tables, made where they are missing. */
final class Schema {

    private static final String PERSONS = """
            CREATE TABLE persons (
                id       uuid   PRIMARY KEY,
                name     text   NOT NULL,
                city     text   NOT NULL,
                sequence bigint NOT NULL,
                version  bigint NOT NULL
            )""";

    private Schema() {}

    /** Makes what is missing, in a transaction of its own; two writers may do it at once. */
    static void create(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(hashtext('dev.outbox.samples.writer'))");
            createIfMissing(statement, "public.persons", PERSONS);
            createIfMissing(statement, "public.ledger", LedgerTable.DDL);
            createIfMissing(statement, OutboxTable.DEFAULT.qualifiedName(), OutboxTable.ddl());
        }
        connection.commit();
    }

    private static void createIfMissing(Statement statement, String table, String ddl) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT to_regclass('" + table + "') IS NULL")) {
            row.next();
            if (!row.getBoolean(1)) {
                return;
            }
        }
        statement.execute(ddl);
    }
}
