package dev.outbox.relay;

import dev.outbox.OutboxHeaders;
import dev.outbox.PayloadType;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import dev.outbox.relay.pgoutput.TupleData;
import dev.outbox.relay.route.EventRouter;
import dev.outbox.relay.route.Route;
import dev.outbox.relay.route.TopicTemplate;
import dev.outbox.relay.route.UnroutableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a row of the outbox a record. Each column's bytes are copied once; what repeats from row to row (topic, header
 * values) is made once and shared. For the loop's thread.
 */
final class RecordReader {

    private static final byte[] EMPTY = {};
    private static final int HEX_PREFIX = 2;

    /** The headers that Outbox sets itself. */
    private static final int MOST_OF_OUTBOX = 5;

    private final RelayConfig config;
    private final long tableOid;
    private final BytesCache<Routed> routes;
    private final BytesCache<RelayHeader> eventTypes =
            new BytesCache<>(bytes -> new RelayHeader(OutboxHeaders.EVENT_TYPE, bytes));
    private final BytesCache<List<RelayHeader>> rowHeaders = new BytesCache<>(RowHeaders::parse);
    private @Nullable OutboxColumns columns;

    /** @param tableOid the outbox table's, which tells it from one that took its name */
    RecordReader(RelayConfig config, long tableOid) {
        this.config = config;
        this.tableOid = tableOid;
        EventRouter router = new EventRouter(TopicTemplate.parse(config.topic()), config.routes());
        this.routes = new BytesCache<>(bytes -> new Routed(
                router.route(new String(bytes, StandardCharsets.UTF_8)),
                new RelayHeader(OutboxHeaders.AGGREGATE_TYPE, bytes)));
    }

    /**
     * Whether rows of the relation are events.
     *
     * @throws RelayException if the table was renamed, or another has taken its name: which rows are events is then for
     *     somebody to say
     */
    boolean isOutbox(Relation relation) {
        boolean sameName = OutboxColumns.isOutbox(relation, config.table());
        boolean sameTable = relation.relationId() == tableOid;
        if (sameName != sameTable) {
            throw new RelayException(
                    "Expected the table " + config.table() + " (oid " + tableOid + ") in the stream, found "
                            + relation.namespace() + "." + relation.name() + " (oid " + relation.relationId() + "): the"
                            + " outbox table was renamed, or made again under its name, while the relay was streaming."
                            + " Name the right table, and start the relay again.",
                    false,
                    null);
        }
        return sameName;
    }

    /** Whether rows of the relation were events before this start, when another table may have had the name. */
    boolean wasOutbox(Relation relation) {
        return OutboxColumns.isOutbox(relation, config.table());
    }

    /**
     * @throws RowException if the row can't become a record; {@link #salvage} then makes of it what can be made
     * @throws RelayException if no row of the relation can
     */
    RelayRecord read(Relation relation, TupleData row, Begin begin) {
        OutboxColumns at = columnsOf(relation);
        try {
            requireValues(at, row);
            Routed routed = route(at, row);
            return record(routed.route().topic(), value(at, row), rowHeaders(at, row), routed, at, row, begin);
        } catch (RowException e) {
            throw e;
        } catch (RuntimeException e) {
            // Without the cause's words, which may quote the row.
            throw new RowException(
                    "The event " + id(at, row) + " can't become a record: "
                            + e.getClass().getSimpleName() + ".",
                    e);
        }
    }

    /**
     * What can be read of a row that {@link #read} refused: an empty topic where it has no route, an empty key and no
     * value where it has none, and those of its headers that can be read.
     */
    RelayRecord salvage(Relation relation, TupleData row, Begin begin) {
        OutboxColumns at = columnsOf(relation);
        Routed routed = row.hasValue(at.aggregateType()) ? orNull(() -> route(at, row)) : null;
        byte[] value = orNull(() -> value(at, row));
        List<RelayHeader> own = orNull(() -> rowHeaders(at, row));
        return record(
                routed == null ? "" : routed.route().topic(),
                value,
                own == null ? List.of() : own,
                routed,
                at,
                row,
                begin);
    }

    private static <T> @Nullable T orNull(Supplier<? extends @Nullable T> part) {
        try {
            return part.get();
        } catch (RuntimeException e) {
            return null;
        }
    }

    private RelayRecord record(
            String topic,
            byte @Nullable [] value,
            List<RelayHeader> own,
            @Nullable Routed routed,
            OutboxColumns at,
            TupleData row,
            Begin begin) {
        byte[] occurredAt = at.occurredAt() == OutboxColumns.ABSENT || row.isNull(at.occurredAt())
                ? null
                : OccurredAt.iso(row.array(), row.offset(at.occurredAt()), row.length(at.occurredAt()));
        return new RelayRecord(
                topic,
                row.hasValue(at.aggregateId()) ? row.copy(at.aggregateId()) : EMPTY,
                value,
                headers(at, row, routed, own, occurredAt),
                timestamp(begin, occurredAt));
    }

    /** Relations are compared by identity: each Relation message makes a new one, and this is asked for every row. */
    @SuppressWarnings("ReferenceEquality")
    private OutboxColumns columnsOf(Relation relation) {
        OutboxColumns known = columns;
        if (known == null || known.relation() != relation) {
            known = OutboxColumns.of(relation, config.table());
            columns = known;
        }
        return known;
    }

    private void requireValues(OutboxColumns at, TupleData row) {
        requireValue(at, row, at.id());
        requireValue(at, row, at.aggregateType());
        requireValue(at, row, at.aggregateId());
        requireValue(at, row, at.type());
    }

    private void requireValue(OutboxColumns at, TupleData row, int column) {
        if (!row.hasValue(column)) {
            throw new RowException(
                    "Expected a value in the column '"
                            + at.relation().columns().get(column).name() + "' of every row of " + config.table()
                            + ", found NULL in the event " + id(at, row)
                            + ". Such a row can't be relayed; make the column NOT NULL.",
                    null);
        }
    }

    private static String id(OutboxColumns at, TupleData row) {
        String id = orNull(() -> row.text(at.id()));
        return id == null ? "(without id)" : id;
    }

    private Routed route(OutboxColumns at, TupleData row) {
        try {
            return routes.get(row.array(), row.offset(at.aggregateType()), row.length(at.aggregateType()));
        } catch (UnroutableException e) {
            throw new RowException("The event " + id(at, row) + " can't be routed: " + e.getMessage(), e);
        }
    }

    private byte @Nullable [] value(OutboxColumns at, TupleData row) {
        if (!row.hasValue(at.payload())) {
            return config.nullPayload() == NullPayload.TOMBSTONE ? null : EMPTY;
        }
        if (at.payloadType() == PayloadType.BYTEA && row.kind(at.payload()) == TupleData.TEXT) {
            String hex = row.text(at.payload());
            return HexFormat.of().parseHex(hex, HEX_PREFIX, hex.length());
        }
        return row.copy(at.payload());
    }

    private List<RelayHeader> headers(
            OutboxColumns at,
            TupleData row,
            @Nullable Routed routed,
            List<RelayHeader> own,
            byte @Nullable [] occurredAt) {
        List<RelayHeader> headers = new ArrayList<>(MOST_OF_OUTBOX + own.size());
        if (row.hasValue(at.id())) {
            headers.add(new RelayHeader(OutboxHeaders.ID, row.copy(at.id())));
        }
        if (row.hasValue(at.type())) {
            headers.add(eventTypes.get(row.array(), row.offset(at.type()), row.length(at.type())));
        }
        if (routed != null) {
            headers.add(routed.aggregateType());
        } else if (row.hasValue(at.aggregateType())) {
            headers.add(new RelayHeader(OutboxHeaders.AGGREGATE_TYPE, row.copy(at.aggregateType())));
        }
        if (occurredAt != null) {
            headers.add(new RelayHeader(OutboxHeaders.OCCURRED_AT, occurredAt));
        }
        if (!namesContentType(own)) {
            headers.add(ContentTypes.header(at.payloadType()));
        }
        if (!own.isEmpty()) {
            // An empty list would be copied first, which allocates.
            headers.addAll(own);
        }
        return headers;
    }

    private static boolean namesContentType(List<RelayHeader> own) {
        for (int i = 0; i < own.size(); i++) {
            if (own.get(i).name().equals(OutboxHeaders.CONTENT_TYPE)) {
                return true;
            }
        }
        return false;
    }

    private List<RelayHeader> rowHeaders(OutboxColumns at, TupleData row) {
        if (at.headers() == OutboxColumns.ABSENT || row.isNull(at.headers())) {
            return List.of();
        }
        try {
            return rowHeaders.get(row.array(), row.offset(at.headers()), row.length(at.headers()));
        } catch (IllegalArgumentException e) {
            throw new RowException(
                    "The headers of the event " + id(at, row) + " can't be read: " + e.getMessage()
                            + ". Correct what writes them.",
                    e);
        }
    }

    private long timestamp(Begin begin, byte @Nullable [] occurredAt) {
        return config.timestamp() == RecordTimestamp.OCCURRED_AT && occurredAt != null
                ? Objects.requireNonNullElseGet(OccurredAt.unixMillis(occurredAt), begin::commitUnixMillis)
                : begin.commitUnixMillis();
    }

    private record Routed(Route route, RelayHeader aggregateType) {}
}
