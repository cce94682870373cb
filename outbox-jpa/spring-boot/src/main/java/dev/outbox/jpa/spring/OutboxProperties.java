package dev.outbox.jpa.spring;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import dev.outbox.jpa.InboxTable;
import dev.outbox.jpa.Retention;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
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
 * @param harvest Whether the events that entities record are written, with the change of their entity.
 * @param retention How long rows stay in the table: until someone deletes them, or not at all.
 * @param maxPayloadBytes Largest payload that is accepted, in bytes; without a limit unless given. Somewhat less than
 *     'max.message.bytes' of the topics.
 * @param traceContext Whether events carry the current span of OpenTelemetry, where its API is on the classpath.
 * @param validate What to do at the start about a table that is not as these settings say.
 * @param eventPackages Packages in which event classes are looked for at the start, so that their names can be checked;
 *     those of the application unless given.
 * @param inboxTable Table that remembers which events a consumer has processed, named like 'outbox.table'.
 */
@ConfigurationProperties("outbox")
record OutboxProperties(
        @DefaultValue("public.outbox") String table,
        @DefaultValue Map<Column, String> columns,
        @DefaultValue Set<Column> absentColumns,
        @DefaultValue("json") PayloadType payloadType,
        @DefaultValue("true") boolean harvest,
        @DefaultValue("keep") Retention retention,
        @Nullable Integer maxPayloadBytes,
        @DefaultValue("true") boolean traceContext,
        @DefaultValue("warn") Validate validate,
        @DefaultValue List<String> eventPackages,
        @DefaultValue("public.inbox") String inboxTable) {

    /** What becomes of a table that is not as needed. */
    enum Validate {
        /** The table is not looked at. */
        NONE,
        /** The log has all that differs, and the application starts. */
        WARN,
        /** The application doesn't start. */
        FAIL
    }

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
