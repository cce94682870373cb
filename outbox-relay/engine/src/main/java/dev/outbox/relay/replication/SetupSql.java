package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import java.util.ArrayList;
import java.util.List;

/** The statements that make what a stream needs, each with the question whether it is needed. */
public final class SetupSql {

    private final Source source;
    private final OutboxTable table;
    private final String role;
    private final boolean withTable;
    private final boolean failover;

    /** The statements for one source. */
    public SetupSql(Source source, boolean withTable, boolean failover) {
        this.source = source;
        this.table = source.table();
        this.role = source.role();
        this.withTable = withTable;
        this.failover = failover;
    }

    /**
     * One thing to be there.
     *
     * @param what the thing
     * @param there a SQL condition: whether it is there
     * @param make a statement that makes it
     */
    public record Step(String what, String there, String make) {

        /** As a statement that can be run again. */
        String printed() {
            if (make.startsWith("GRANT ") || make.contains("IF NOT EXISTS")) {
                return make + ";";
            }
            String body = "BEGIN IF NOT (" + there + ") THEN " + make + "; END IF; END";
            String tag = "$outbox$";
            while (body.contains(tag)) {
                tag = "$" + tag.substring(1, tag.length() - 1) + "_$";
            }
            return "DO " + tag + " " + body + " " + tag + ";";
        }
    }

    /** All but the slot, in the order of what depends on what. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>(List.of(role(), attributes()));
        if (withTable) {
            steps.add(new Step(
                    "schema " + table.schema(),
                    "EXISTS (SELECT FROM pg_namespace WHERE nspname = " + Sql.literal(table.schema()) + ")",
                    "CREATE SCHEMA IF NOT EXISTS " + Sql.identifier(table.schema())));
            steps.add(table());
        }
        steps.addAll(grants());
        steps.add(publication());
        steps.add(published());
        return steps;
    }

    /** That the role exists; its password is nobody's to print. */
    Step role() {
        return new Step(
                "role " + role,
                "EXISTS (SELECT FROM pg_roles WHERE rolname = " + Sql.literal(role) + ")",
                "CREATE ROLE " + Sql.identifier(role) + " LOGIN REPLICATION");
    }

    private Step attributes() {
        return new Step(
                "LOGIN and REPLICATION for " + role,
                "EXISTS (SELECT FROM pg_roles WHERE rolname = " + Sql.literal(role)
                        + " AND rolcanlogin AND (rolreplication OR rolsuper))",
                "ALTER ROLE " + Sql.identifier(role) + " LOGIN REPLICATION");
    }

    /** The outbox table, to be made by {@link OutboxTable#createSql}. */
    Step table() {
        return new Step(
                "table " + table,
                "EXISTS (SELECT FROM pg_tables WHERE schemaname = " + Sql.literal(table.schema()) + " AND tablename = "
                        + Sql.literal(table.name()) + ")",
                table.createSql().strip().replaceFirst(";$", ""));
    }

    private List<Step> grants() {
        String to = " TO " + Sql.identifier(role);
        String who = Sql.literal(role);
        return List.of(
                new Step(
                        "CONNECT on " + source.database() + " for " + role,
                        "has_database_privilege(" + who + ", " + Sql.literal(source.database()) + ", 'CONNECT')",
                        "GRANT CONNECT ON DATABASE " + Sql.identifier(source.database()) + to),
                new Step(
                        "USAGE on " + table.schema() + " for " + role,
                        "has_schema_privilege(" + who + ", " + Sql.literal(table.schema()) + ", 'USAGE')",
                        "GRANT USAGE ON SCHEMA " + Sql.identifier(table.schema()) + to),
                new Step(
                        "SELECT on " + table + " for " + role,
                        "has_table_privilege(" + who + ", " + Sql.literal(table.qualifiedName()) + ", 'SELECT')",
                        "GRANT SELECT ON TABLE " + table.qualifiedName() + to));
    }

    private Step publication() {
        return new Step(
                "publication " + source.publication(),
                "EXISTS (SELECT FROM pg_publication WHERE pubname = " + Sql.literal(source.publication()) + ")",
                Publication.createSql(source));
    }

    private Step published() {
        String name = Sql.literal(source.publication());
        String relation = Sql.literal(table.qualifiedName()) + "::regclass";
        return new Step(
                table + " in publication " + source.publication(),
                "EXISTS (SELECT FROM pg_publication WHERE pubname = " + name + " AND puballtables)"
                        + " OR EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid"
                        + " WHERE p.pubname = " + name + " AND r.prrelid = " + relation + ")"
                        + " OR EXISTS (SELECT FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid"
                        + " WHERE p.pubname = " + name + " AND s.pnnspid = "
                        + Sql.literal(Sql.identifier(table.schema())) + "::regnamespace)",
                "ALTER PUBLICATION " + Sql.identifier(source.publication()) + " ADD TABLE " + table.qualifiedName());
    }

    /** Whether the slot is made as one that goes over to standbys. */
    boolean failover() {
        return failover;
    }

    /** The call that makes the slot. */
    String slotCall() {
        return "pg_create_logical_replication_slot(" + Sql.literal(source.slot()) + ", 'pgoutput'"
                + (failover ? ", false, false, true" : "") + ")";
    }

    /** Everything as a script for somebody who may: it can be run again, and holds no password. */
    public String script() {
        StringBuilder script = new StringBuilder(
                "-- For the relay's stream from " + source.address() + ".\n"
                        + "-- To be run in the database " + oneLine(source.database())
                        + ", by a superuser or an owner of table and"
                        + " database who may make roles.\n-- It makes what is missing and can be run again; not as a single transaction, for the slot needs one of its own.\n\n");
        for (Step step : steps()) {
            script.append(step.printed()).append('\n');
            if (step.equals(role())) {
                script.append("-- Its password is not printed here. Give it one: ALTER ROLE ")
                        .append(oneLine(Sql.identifier(role)))
                        .append(" PASSWORD '<password>';\n");
            }
        }
        if (!withTable) {
            script.append("-- The table has to be there before; --with-table adds it.\n");
        }
        return script.append(
                        "\n-- The slot, on the server that the relay reads (on a standby, from PostgreSQL 16 on, it waits"
                                + " until the primary runs: SELECT pg_log_standby_snapshot();).\n")
                .append("SELECT ")
                .append(slotCall())
                .append(" WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ")
                .append(Sql.literal(source.slot()))
                .append(");\n")
                .toString();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}
