package dev.outbox.jpa.spring;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import dev.outbox.jpa.InboxTable;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of outbox and inbox, in the words that the relay's configuration has for them.
 *
 * @param table Table that events are written to, as 'table' or 'schema.table', the way PostgreSQL stores the names, not
 *     quoted. Without a schema it is in 'public'.
 * @param columns Columns that have another name than in the default table, for example
 *     'outbox.columns.aggregate-type=aggregate_type'.
 * @param absentColumns Columns that the table doesn't have; only 'headers', 'occurred-at' and 'xid' may be left away.
 * @param payloadType Type of the payload column.
 * @param inboxTable Table that remembers which events a consumer has processed, named like 'outbox.table'.
 */
@ConfigurationProperties("outbox")
record OutboxProperties(
        @DefaultValue("public.outbox") String table,
        @DefaultValue Map<Column, String> columns,
        @DefaultValue Set<Column> absentColumns,
        @DefaultValue("json") PayloadType payloadType,
        @DefaultValue("public.inbox") String inboxTable) {

    /** @throws dev.outbox.OutboxException if a name can't be one in PostgreSQL, or a required column is absent */
    OutboxTable outboxTable() {
        OutboxTable result = named(table, OutboxTable::named);
        for (Map.Entry<Column, String> renamed : columns.entrySet()) {
            result = result.withColumn(renamed.getKey(), renamed.getValue());
        }
        for (Column absent : absentColumns) {
            result = result.without(absent);
        }
        return result;
    }

    /** @throws dev.outbox.OutboxException as above */
    InboxTable inbox() {
        return named(inboxTable, InboxTable::named);
    }

    private static <T> T named(String name, BiFunction<String, String, T> schemaAndTable) {
        int dot = name.indexOf('.');
        return dot < 0
                ? schemaAndTable.apply(OutboxTable.DEFAULT.schema(), name)
                : schemaAndTable.apply(name.substring(0, dot), name.substring(dot + 1));
    }
}
