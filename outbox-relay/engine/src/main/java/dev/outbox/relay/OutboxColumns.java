package dev.outbox.relay;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import java.util.List;
import java.util.Objects;

/** Where the outbox's columns are in the tuples of one Relation message. */
record OutboxColumns(
        Relation relation,
        int id,
        int aggregateType,
        int aggregateId,
        int type,
        int payload,
        PayloadType payloadType,
        int headers,
        int occurredAt) {

    /** In place of a column that the table doesn't have. */
    static final int ABSENT = -1;

    private static final long JSON_OID = 114;
    private static final long JSONB_OID = 3802;
    private static final long BYTEA_OID = 17;

    /** @throws RelayException if a required column is not among the relation's */
    static OutboxColumns of(Relation relation, OutboxTable table) {
        int payload = find(relation, table, Column.PAYLOAD);
        return new OutboxColumns(
                relation,
                find(relation, table, Column.ID),
                find(relation, table, Column.AGGREGATE_TYPE),
                find(relation, table, Column.AGGREGATE_ID),
                find(relation, table, Column.TYPE),
                payload,
                payloadType(relation.columns().get(payload).typeOid()),
                find(relation, table, Column.HEADERS),
                find(relation, table, Column.OCCURRED_AT));
    }

    private static int find(Relation relation, OutboxTable table, Column column) {
        if (!table.has(column)) {
            return ABSENT;
        }
        String name = table.column(column);
        List<Relation.Column> columns = relation.columns();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        if (!column.required()) {
            return ABSENT;
        }
        throw new RelayException(
                "Expected a column '" + name + "' in the table " + table
                        + ", found that it has gone: the rows now have "
                        + String.join(
                                ", ",
                                columns.stream().map(Relation.Column::name).toList())
                        + ". What came before is delivered. Name the column that stands for it. Or add it again: rows written"
                        + " without it can't be relayed; pg_replication_slot_advance takes the slot past them, which is a"
                        + " gap to accept.",
                false,
                null);
    }

    private static PayloadType payloadType(long typeOid) {
        if (typeOid == JSON_OID) {
            return PayloadType.JSON;
        } else if (typeOid == JSONB_OID) {
            return PayloadType.JSONB;
        }
        return typeOid == BYTEA_OID ? PayloadType.BYTEA : PayloadType.TEXT;
    }

    /** Whether the relation is the outbox table, and not another table of the same publication. */
    static boolean isOutbox(Relation relation, OutboxTable table) {
        return relation.name().equals(table.name()) && Objects.equals(relation.namespace(), table.schema());
    }
}
