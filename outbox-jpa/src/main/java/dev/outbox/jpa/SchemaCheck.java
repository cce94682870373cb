package dev.outbox.jpa;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares the table that the server has with the one that is needed, in words. */
final class SchemaCheck {

    private static final int OLDEST_SERVER = 15;
    private static final int TEXT_LENGTH = 255;

    private final OutboxTable table;
    private final PayloadType payloadType;
    private final Retention retention;
    private final String contentType;
    private final List<String> differences = new ArrayList<>();

    /** @param contentType what the serializer makes */
    SchemaCheck(OutboxTable table, PayloadType payloadType, Retention retention, String contentType) {
        this.table = table;
        this.payloadType = payloadType;
        this.retention = retention;
        this.contentType = contentType;
    }

    /** One sentence for each difference, with what to do about it; empty if there is none. */
    List<String> differences(FoundTable found) {
        if (found.serverVersion() < OLDEST_SERVER) {
            differences.add("Expected PostgreSQL " + OLDEST_SERVER + " or newer, found " + found.serverVersion()
                    + ". Upgrade the server.");
        }
        if (found.kind() == null) {
            checkNames(found);
        } else {
            checkKind(found, found.kind());
            for (Column column : Column.values()) {
                checkColumn(column, found);
            }
            checkOthers(found);
        }
        return differences;
    }

    private void checkNames(FoundTable found) {
        String elsewhere = found.schemas().isEmpty()
                ? ""
                : ", but one of that name in the schema " + String.join(", ", found.schemas());
        differences.add("Expected the table, found none" + elsewhere + ". Create it (" + file().resource()
                + " is its SQL), or name yours with OutboxTable.named(schema, name).");
    }

    private void checkKind(FoundTable found, String kind) {
        if (!Set.of("r", "p").contains(kind)) {
            differences.add("Expected a table, found a "
                    + switch (kind) {
                        case "v" -> "view";
                        case "m" -> "materialized view";
                        case "f" -> "foreign table";
                        default -> "relation of kind '" + kind + "'";
                    }
                    + ", whose rows are not in this server's write-ahead log. Name a table.");
        }
        if (kind.equals("p") && !found.partitions()) {
            differences.add("Expected at least one partition, found none, so every INSERT fails. Create partitions ("
                    + SchemaFile.OUTBOX_DAILY.resource() + " shows how).");
        }
        if (!found.persistence().equals("p")) {
            differences.add("Expected a logged table, found an "
                    + (found.persistence().equals("u") ? "UNLOGGED" : "TEMPORARY")
                    + " one, which never reaches the relay. Run ALTER TABLE " + table.qualifiedName()
                    + " SET LOGGED, or create it anew.");
        }
        checkPrivileges(found);
    }

    private void checkPrivileges(FoundTable found) {
        FoundTable.Column id = found.columns().get(table.column(Column.ID));
        boolean deletes = retention == Retention.DELETE_AFTER_INSERT;
        boolean deletable = found.deletable() && (id == null || id.selectable());
        if (found.insertable() && (!deletes || deletable)) {
            return;
        }
        String role = OutboxTable.quote(found.role());
        differences.add("Expected that the role " + found.role() + " may write"
                + (deletes ? " and, for Retention.DELETE_AFTER_INSERT, find and delete" : "")
                + ", found that it may not. Run GRANT USAGE ON SCHEMA " + OutboxTable.quote(table.schema()) + " TO "
                + role + "; GRANT " + (deletes ? "SELECT, INSERT, DELETE" : "INSERT") + " ON " + table.qualifiedName()
                + " TO " + role + ".");
    }

    private void checkColumn(Column column, FoundTable found) {
        if (!table.has(column)) {
            return;
        }
        String name = table.column(column);
        FoundTable.Column actual = found.columns().get(name);
        if (actual == null) {
            differences.add("Expected a column '" + name + "' of type " + expectedType(column) + ", found none. Add it"
                    + ", or name the one that stands for it with OutboxTable.withColumn(...)"
                    + (column.required() ? "." : ", or say that there is none with OutboxTable.without(...)."));
            return;
        }
        if (!fits(column, actual.type())) {
            differences.add("Expected the column '" + name + "' to be of type " + expectedType(column) + ", found "
                    + actual.type() + ". Change its type"
                    + (column == Column.PAYLOAD ? payloadAdvice(actual.type()) : "") + ".");
        }
        if (column == Column.XID) {
            checkXid(name, actual);
        } else if (actual.computed()) {
            differences.add("Expected the column '" + name + "' to take a value, found it GENERATED ALWAYS. Make it an"
                    + " ordinary column.");
        }
    }

    private void checkXid(String name, FoundTable.Column actual) {
        if (!"pg_current_xact_id()".equals(actual.defaultExpression())) {
            differences.add("Expected the column '" + name + "' to have the default pg_current_xact_id(), found "
                    + (actual.defaultExpression() == null ? "none" : "another one") + ". Run ALTER TABLE "
                    + table.qualifiedName() + " ALTER " + OutboxTable.quote(name)
                    + " SET DEFAULT pg_current_xact_id().");
        }
    }

    private void checkOthers(FoundTable found) {
        Set<String> written = Arrays.stream(Column.values())
                .filter(table::has)
                .map(table::column)
                .collect(Collectors.toSet());
        for (Map.Entry<String, FoundTable.Column> other : found.columns().entrySet()) {
            if (!written.contains(other.getKey()) && !other.getValue().optional()) {
                differences.add("Expected that every other column can be left out, found '" + other.getKey()
                        + "' NOT NULL without a default, so every INSERT fails. Drop it, or give it a default.");
            }
        }
    }

    private String expectedType(Column column) {
        return switch (column) {
            case ID -> "uuid";
            case AGGREGATE_TYPE, AGGREGATE_ID, TYPE -> "varchar(" + TEXT_LENGTH + ") or text";
            case PAYLOAD -> payloadType.sqlName();
            case HEADERS -> "json or jsonb";
            case OCCURRED_AT -> "timestamptz";
            case XID -> "xid8";
        };
    }

    /** @param type as {@code format_type} writes it */
    private boolean fits(Column column, String type) {
        return switch (column) {
            case ID -> type.equals("uuid");
            case AGGREGATE_TYPE, AGGREGATE_ID, TYPE -> type.equals("text") || varcharLength(type) >= TEXT_LENGTH;
            case PAYLOAD ->
                type.equals(payloadType.sqlName())
                        || (payloadType == PayloadType.TEXT && type.equals("character varying"));
            case HEADERS -> type.equals("json") || type.equals("jsonb");
            case OCCURRED_AT -> type.startsWith("timestamp") && type.endsWith("with time zone");
            case XID -> type.equals("xid8");
        };
    }

    private static int varcharLength(String type) {
        if (type.equals("character varying")) {
            return Integer.MAX_VALUE;
        }
        return type.startsWith("character varying(") ? Integer.parseInt(type.replaceAll("\\D", "")) : 0;
    }

    private String payloadAdvice(String type) {
        for (PayloadType known : PayloadType.values()) {
            if (known.sqlName().equals(type)) {
                if (!MediaTypes.fits(contentType, known)) {
                    return ", or give a serializer that makes JSON: this one makes " + contentType;
                }
                return ", or write that type: JpaOutbox.builder().payloadType(PayloadType." + known.name() + ")";
            }
        }
        return "";
    }

    private SchemaFile file() {
        return payloadType == PayloadType.BYTEA ? SchemaFile.OUTBOX_BYTEA : SchemaFile.OUTBOX_JSON;
    }
}
