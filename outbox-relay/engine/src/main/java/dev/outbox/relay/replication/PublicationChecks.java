package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.relay.check.DidYouMean;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.replication.Query.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The publication: does it hold every row of the outbox table, whole, and no more? */
final class PublicationChecks {

    private static final String SUBJECT = "publication";
    private static final int MOST_NAMES = 5;

    private static final String PUBLICATION = """
            SELECT puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot
            FROM pg_publication WHERE pubname = ?
            """;
    private static final String ENTRY = """
            SELECT rowfilter, array_to_string(attnames, '"') AS columns FROM pg_publication_tables
            WHERE pubname = ? AND schemaname = ? AND tablename = ?
            """;
    private static final String OTHER_TABLES = """
            SELECT schemaname || '.' || tablename FROM pg_publication_tables
            WHERE pubname = ? AND (schemaname, tablename) <> (?, ?) ORDER BY 1
            """;
    private static final String HOLDERS =
            "SELECT pubname FROM pg_publication_tables WHERE schemaname = ? AND tablename = ? ORDER BY 1";

    private final Connection connection;
    private final Source source;
    private final OutboxTable outbox;
    private final TableChecks table;
    private final String named;
    private final String quoted;
    private final @Nullable Row publication;
    private final @Nullable Row entry;

    private PublicationChecks(Connection connection, Source source, TableChecks table) throws SQLException {
        this.connection = connection;
        this.source = source;
        this.outbox = source.table();
        this.table = table;
        this.named = "the publication '" + source.publication() + "'";
        this.quoted = OutboxTable.quote(source.publication());
        this.publication =
                Query.first(connection, PUBLICATION, source.publication()).orElse(null);
        this.entry = Query.first(connection, ENTRY, source.publication(), outbox.schema(), outbox.name())
                .orElse(null);
    }

    static PublicationChecks of(Connection connection, Source source, TableChecks table) throws SQLException {
        return new PublicationChecks(connection, source, table);
    }

    boolean isMissing() {
        return publication == null;
    }

    /** Whether the table is not in it, under its own name or its partitions'. */
    boolean lacksTable() {
        return publication != null && entry == null && !hidesRoot(publication);
    }

    /** What keeps events from being relayed, or whole, of a publication that is there. */
    List<Finding> errors() {
        Row found = publication;
        if (found == null) {
            return List.of();
        }
        List<Finding> errors = new ArrayList<>();
        if (!found.is("pubinsert")) {
            errors.add(error(
                    named + " to publish inserts",
                    "that it does not",
                    "Run ALTER PUBLICATION " + quoted + " SET (publish = 'insert');"));
        }
        if (hidesRoot(found)) {
            errors.add(error(
                    named + " to publish the partitioned table " + outbox + " under its own name",
                    "publish_via_partition_root = false",
                    "Run ALTER PUBLICATION " + quoted + " SET (publish_via_partition_root = true);"));
        } else if (entry == null) {
            errors.add(error(
                    named + " to hold the table " + outbox,
                    "it without",
                    "Run ALTER PUBLICATION " + quoted + " ADD TABLE " + outbox.qualifiedName()
                            + "; events inserted before that are not relayed."));
        } else {
            errors.addAll(errorsOf(entry));
        }
        return errors;
    }

    private boolean hidesRoot(Row found) {
        return table.isPartitioned() && !found.is("pubviaroot");
    }

    private List<Finding> errorsOf(Row held) {
        List<Finding> errors = new ArrayList<>();
        if (held.get("rowfilter") != null) {
            errors.add(error(
                    "every row of " + outbox + " in " + named,
                    "a row filter, which would leave events out",
                    "Take the WHERE clause away: ALTER PUBLICATION " + quoted + " SET TABLE " + outbox.qualifiedName()
                            + ";"));
        }
        List<String> published = List.of(held.text("columns").split("\"", -1));
        for (Column column : Column.values()) {
            String name = outbox.column(column);
            if (column != Column.XID && table.columns().contains(name) && !published.contains(name)) {
                errors.add(error(
                        "the column '" + name + "' of " + outbox + " in " + named,
                        table.isGenerated(name)
                                ? "that it is a generated one, which is not sent"
                                : "a column list without it",
                        table.isGenerated(name)
                                ? "Make it a plain column, which the application fills."
                                : "Add it to the list, or take the list away: ALTER PUBLICATION " + quoted
                                        + " SET TABLE " + outbox.qualifiedName() + ";"));
            }
        }
        return errors;
    }

    /** Everything to be said of it, whether it is there or not. */
    List<Finding> findings(boolean standby) throws SQLException {
        if (publication == null) {
            return List.of(missing(standby));
        }
        List<Finding> findings = new ArrayList<>(errors());
        findings.addAll(excess(publication));
        return findings.isEmpty()
                ? List.of(Finding.ok(SUBJECT, "'" + source.publication() + "' with the inserts of " + outbox))
                : findings;
    }

    private List<Finding> excess(Row found) throws SQLException {
        List<Finding> warnings = new ArrayList<>();
        List<String> others =
                Query.texts(connection, OTHER_TABLES, source.publication(), outbox.schema(), outbox.name());
        if (found.is("puballtables")) {
            warnings.add(excess(
                    "that it is for all tables, whose rows are sent for nothing",
                    "Make one for this table: " + Publication.createSql(source) + ";"));
        } else if (!others.isEmpty() && entry != null) {
            warnings.add(excess(
                    "others beside, whose rows are sent for nothing: " + some(others),
                    "Run ALTER PUBLICATION " + quoted + " SET TABLE " + outbox.qualifiedName() + ";"));
        }
        if (found.is("pubinsert") && (found.is("pubupdate") || found.is("pubdelete") || found.is("pubtruncate"))) {
            warnings.add(Finding.warning(
                    SUBJECT,
                    named + " to publish inserts alone",
                    "updates or deletes as well, which are sent for nothing",
                    "Run ALTER PUBLICATION " + quoted + " SET (publish = 'insert');"));
        }
        return warnings;
    }

    private Finding excess(String found, String mend) {
        return Finding.warning(SUBJECT, named + " to hold the table " + outbox + " alone", found, mend);
    }

    private Finding missing(boolean standby) throws SQLException {
        List<String> all = Query.texts(connection, "SELECT pubname FROM pg_publication ORDER BY 1");
        List<String> holders = Query.texts(connection, HOLDERS, outbox.schema(), outbox.name());
        Optional<String> near = holders.stream()
                .findFirst()
                .filter(first -> holders.size() == 1)
                .or(() -> DidYouMean.nearest(source.publication(), all));
        boolean makeable = !standby && source.createMissing() && mayCreate();
        if (makeable && near.isEmpty()) {
            return Finding.ok(SUBJECT, "no '" + source.publication() + "' yet: the first start makes it");
        }
        String names = all.isEmpty() ? "" : ", but " + some(all);
        String found = "none of that name"
                + near.map(name -> " (did you mean '" + name + "'?)").orElse(names);
        String make = (standby ? "make it on the primary, for a standby can't: " : "make it, as the table's owner: ")
                + Publication.createSql(source) + ";";
        Finding missing = error(
                named + " on " + source.address(),
                found,
                near.map(name -> "Set publication: " + name + "; or ").orElse("")
                        + (near.isPresent() ? make : Character.toUpperCase(make.charAt(0)) + make.substring(1)));
        return makeable ? missing.as(Finding.Level.WARNING) : missing;
    }

    private boolean mayCreate() throws SQLException {
        return Query.first(connection, """
                        SELECT has_database_privilege(current_database(), 'CREATE')
                            AND pg_has_role(c.relowner, 'USAGE') AS may
                        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname = ? AND c.relname = ?
                        """, outbox.schema(), outbox.name())
                .filter(row -> row.is("may"))
                .isPresent();
    }

    private static String some(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return names.size() <= MOST_NAMES ? first : first + " and " + (names.size() - MOST_NAMES) + " more";
    }

    private static Finding error(String expected, String found, String mend) {
        return Finding.error(SUBJECT, expected, found, mend);
    }
}
