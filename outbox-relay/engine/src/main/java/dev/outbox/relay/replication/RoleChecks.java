package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import dev.outbox.relay.check.DidYouMean;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.replication.Query.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The role that the relay connects as: may it do what is needed, and no more? */
final class RoleChecks {

    private static final String SUBJECT = "role";

    /** The stream, the watch beside it, and one that looks when they begin. */
    private static final int CONNECTIONS = 3;

    private static final String ROLE = """
            SELECT rolsuper, rolconnlimit, rolvaliduntil, rolvaliduntil < now() + interval '7 days' AS expiring
            FROM pg_roles WHERE rolname = current_user
            """;
    private static final String RIGHTS = """
            SELECT has_schema_privilege(n.oid, 'USAGE') AS usage, has_table_privilege(c.oid, 'SELECT') AS reads,
                row_security_active(c.oid) AS filtered
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
            """;

    private final Connection connection;
    private final Source source;
    private final String named;
    private final String quoted;
    private final List<Finding> findings = new ArrayList<>();

    private RoleChecks(Connection connection, Source source) {
        this.connection = connection;
        this.source = source;
        this.named = "role '" + source.role() + "'";
        this.quoted = Sql.identifier(source.role());
    }

    static List<Finding> findings(Connection connection, Source source) throws SQLException {
        RoleChecks checks = new RoleChecks(connection, source);
        checks.attributes();
        checks.rights();
        return checks.findings.isEmpty()
                ? List.of(Finding.ok(SUBJECT, "'" + source.role() + "' may stream and read the table"))
                : checks.findings;
    }

    /** Of a role that is not let in: what the server doesn't tell it. Empty if it should be. */
    static List<Finding> whyRefused(Connection connection, Source source) throws SQLException {
        String named = "a role '" + source.role() + "' that may log in to " + source.address();
        String quoted = Sql.identifier(source.role());
        Optional<Row> role = Query.first(
                connection,
                "SELECT rolcanlogin, rolvaliduntil, rolvaliduntil < now() AS expired FROM pg_roles WHERE rolname = ?",
                source.role());
        if (role.isEmpty()) {
            Optional<String> near = DidYouMean.nearest(
                    source.role(), Query.texts(connection, "SELECT rolname FROM pg_roles WHERE rolcanlogin"));
            return List.of(Finding.error(
                    SUBJECT,
                    named,
                    "none of that name"
                            + near.map(name -> " (did you mean '" + name + "'?)")
                                    .orElse(""),
                    near.map(name -> "Set username: " + name + "; or let setup make it.")
                            .orElse("Let setup make it.")));
        }
        if (!role.get().is("rolcanlogin")) {
            return List.of(Finding.error(
                    SUBJECT, named, "one that may not", "Run ALTER ROLE " + quoted + " LOGIN REPLICATION;"));
        }
        return role.get().is("expired")
                ? List.of(Finding.error(
                        SUBJECT,
                        named,
                        "one whose password was valid until " + role.get().text("rolvaliduntil"),
                        "Run ALTER ROLE " + quoted + " VALID UNTIL 'infinity';"))
                : List.of();
    }

    private void attributes() throws SQLException {
        Row role = Query.first(connection, ROLE).orElseThrow();
        if (role.is("rolsuper")) {
            warning(
                    "a role with LOGIN and REPLICATION alone",
                    "that " + named + " is a superuser",
                    "Let setup make one.");
        }
        long limit = role.number("rolconnlimit");
        if (limit >= 0 && limit < CONNECTIONS) {
            findings.add(Finding.error(
                    SUBJECT,
                    "at least " + CONNECTIONS + " connections for " + named,
                    "CONNECTION LIMIT " + limit,
                    "Run ALTER ROLE " + quoted + " CONNECTION LIMIT 10;"));
        }
        if (role.is("expiring")) {
            warning(
                    "a password of " + named + " that lasts",
                    "one that is valid until " + role.text("rolvaliduntil"),
                    "Run ALTER ROLE " + quoted + " VALID UNTIL 'infinity';");
        }
    }

    /** Streaming needs none of these: decoding asks for no right on a table. */
    private void rights() throws SQLException {
        OutboxTable table = source.table();
        Optional<Row> rights = Query.first(connection, RIGHTS, table.schema(), table.name());
        if (rights.isEmpty()) {
            return;
        }
        String toReplay = ", so that it can be streamed, and not replayed from";
        if (!rights.get().is("usage")) {
            warning(
                    "USAGE on the schema " + table.schema() + " for " + named,
                    "that it has none" + toReplay,
                    "Run GRANT USAGE ON SCHEMA " + Sql.identifier(table.schema()) + " TO " + quoted + ";");
        }
        if (!rights.get().is("reads")) {
            warning(
                    "SELECT on the table " + table + " for " + named,
                    "that it has none" + toReplay,
                    "Run GRANT SELECT ON TABLE " + table.qualifiedName() + " TO " + quoted + ";");
        }
        if (rights.get().is("filtered")) {
            warning(
                    "every row of the table " + table + " to be seen by " + named,
                    "row-level security, so that not all can be replayed",
                    "Give it a policy: CREATE POLICY relay ON " + table.qualifiedName() + " FOR SELECT TO " + quoted
                            + " USING (true);");
        }
    }

    private void warning(String expected, String found, String mend) {
        findings.add(Finding.warning(SUBJECT, expected, found, mend));
    }
}
