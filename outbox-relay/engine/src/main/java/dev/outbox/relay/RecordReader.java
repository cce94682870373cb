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
import org.jspecify.annotations.Nullable;

/**
 * Makes a row of the outbox a record. Each column's bytes are copied once; what repeats from row to row (topic, header
 * values) is made once and shared. For the loop's thread.
 */
final class RecordReader {

    private static final byte[] EMPTY = {};
    private static final int HEX_PREFIX = 2;

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

    /** @throws RelayException if the row can't become a record */
    RelayRecord read(Relation relation, TupleData row, Begin begin) {
        OutboxColumns at = columnsOf(relation);
        requireValues(at, row);
        Routed routed = route(at, row);
        byte[] occurredAt = at.occurredAt() == OutboxColumns.ABSENT || row.isNull(at.occurredAt())
                ? null
                : OccurredAt.iso(row.copy(at.occurredAt()));
        return new RelayRecord(
                routed.route().topic(),
                row.copy(at.aggregateId()),
                value(at, row),
                headers(at, row, routed, occurredAt),
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
            throw new RelayException(
                    "Expected a value in the column '"
                            + at.relation().columns().get(column).name() + "' of every row of " + config.table()
                            + ", found NULL" + (row.hasValue(at.id()) ? " in the event " + row.text(at.id()) : "")
                            + ". Such a row can't be relayed; make the column NOT NULL.",
                    false,
                    null);
        }
    }

    private Routed route(OutboxColumns at, TupleData row) {
        try {
            return routes.get(row.array(), row.offset(at.aggregateType()), row.length(at.aggregateType()));
        } catch (UnroutableException e) {
            throw new RelayException(
                    "The event " + row.text(at.id()) + " can't be routed: " + e.getMessage(), false, e);
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

    private List<RelayHeader> headers(OutboxColumns at, TupleData row, Routed routed, byte @Nullable [] occurredAt) {
        List<RelayHeader> own = rowHeaders(at, row);
        List<RelayHeader> headers = new ArrayList<>(5 + own.size());
        headers.add(new RelayHeader(OutboxHeaders.ID, row.copy(at.id())));
        headers.add(eventTypes.get(row.array(), row.offset(at.type()), row.length(at.type())));
        headers.add(routed.aggregateType());
        if (occurredAt != null) {
            headers.add(new RelayHeader(OutboxHeaders.OCCURRED_AT, occurredAt));
        }
        if (own.stream().noneMatch(header -> header.name().equals(OutboxHeaders.CONTENT_TYPE))) {
            headers.add(ContentTypes.header(at.payloadType()));
        }
        headers.addAll(own);
        return headers;
    }

    private List<RelayHeader> rowHeaders(OutboxColumns at, TupleData row) {
        if (at.headers() == OutboxColumns.ABSENT || row.isNull(at.headers())) {
            return List.of();
        }
        try {
            return rowHeaders.get(row.array(), row.offset(at.headers()), row.length(at.headers()));
        } catch (IllegalArgumentException e) {
            throw new RelayException(
                    "The headers of the event " + row.text(at.id()) + " can't be read: " + e.getMessage()
                            + ". Correct what writes them.",
                    false,
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
