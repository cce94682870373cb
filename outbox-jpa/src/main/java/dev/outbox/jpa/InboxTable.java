package dev.outbox.jpa;

import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;

/**
 * The name of the inbox table, and its DDL. Immutable. Names are taken literally, as between double quotes in SQL.
 *
 * <p>The table is in the consumer's database. Any number of consumers may share one.
 */
public final class InboxTable {

    /** The table {@code inbox} in the schema {@code public}. */
    public static final InboxTable DEFAULT = named("public", "inbox");

    /** Whose rules for names are the same. */
    private final OutboxTable names;

    private InboxTable(OutboxTable names) {
        this.names = names;
    }

    /**
     * Another table.
     *
     * @param schema the schema's name, not quoted
     * @param name the table's name, not quoted
     * @throws OutboxException if either is not a PostgreSQL identifier of 1 to 63 characters
     */
    public static InboxTable named(String schema, String name) {
        return new InboxTable(OutboxTable.named(schema, name));
    }

    /** The schema's name, not quoted. */
    public String schema() {
        return names.schema();
    }

    /** The table's name, not quoted. */
    public String name() {
        return names.name();
    }

    /** Schema and table, quoted, as SQL wants them. */
    public String qualifiedName() {
        return names.qualifiedName();
    }

    /**
     * SQL that makes this table where it is missing; for {@link #DEFAULT} that of {@link SchemaFile#INBOX}. PostgreSQL
     * may refuse one of two that run it at the very same time.
     */
    public String ddl() {
        if (equals(DEFAULT)) {
            return SchemaFile.INBOX.sql();
        }
        String suffix = "_received_at";
        String index = name().substring(0, Math.min(name().length(), 63 - suffix.length())) + suffix;
        return SchemaFile.INBOX
                .sql()
                .replace("public.inbox", qualifiedName())
                .replace(" inbox_received_at ", " " + OutboxTable.quote(index) + " ");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InboxTable that && names.equals(that.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    /** {@code schema.table}, for messages. */
    @Override
    public String toString() {
        return names.toString();
    }
}
