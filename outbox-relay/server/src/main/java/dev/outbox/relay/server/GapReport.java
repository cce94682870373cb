package dev.outbox.relay.server;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.GapException;
import dev.outbox.relay.GapRange;
import dev.outbox.relay.Position;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A gap in words, for whoever is to accept it. */
final class GapReport {

    private final StreamConfig config;

    GapReport(StreamConfig config) {
        this.config = config;
    }

    /** @param left the stream's stored checkpoint, if there is one */
    List<String> lines(Optional<Checkpoint> left, GapException gap) {
        return List.of(
                "The stream " + config.name() + " has a gap.",
                "",
                "Left at: " + left.map(GapReport::words).orElse("unknown, no position is stored."),
                "Found:   " + Sentences.of(gap),
                "",
                "To look for the events that may be missing:",
                sql(gap.range()),
                "An event occurs before its transaction commits: look further back where transactions take long. Some may"
                        + " be relayed: compare with the topic before any is sent again.");
    }

    /** What was recorded: more than was shown, for events went on to commit until the stream had a new beginning. */
    List<String> accepted(GapRange recorded) {
        return List.of(
                "Accepted, and recorded in " + config.delivery().positionTopic() + ". " + recorded.words() + ":",
                sql(recorded));
    }

    /** What tells which connection holds the slot. */
    String holderSql() {
        return "SELECT a.pid, a.client_addr, a.application_name, a.backend_start FROM pg_replication_slots s"
                + " JOIN pg_stat_activity a ON a.pid = s.active_pid WHERE s.slot_name = '"
                + config.relay().slot() + "';";
    }

    private static String words(Checkpoint left) {
        Position position = left.position();
        String everything = "Everything before " + left.confirmableLsn() + " on timeline " + position.timeline()
                + " of " + left.source().systemIdentifier();
        if (position.index() < 0) {
            return everything + ", where it began: no event was relayed yet.";
        }
        return everything + " is relayed. The last event was index " + position.index() + " of the transaction at "
                + position.commitLsn()
                + (left.committedAtMillis() == 0
                        ? "."
                        : ", which committed at " + Instant.ofEpochMilli(left.committedAtMillis()) + ".");
    }

    private String sql(GapRange range) {
        OutboxTable table = config.relay().table();
        String occurredAt = OutboxTable.quote(table.column(Column.OCCURRED_AT));
        String columns = Stream.of(
                        Column.ID, Column.AGGREGATE_TYPE, Column.AGGREGATE_ID, Column.TYPE, Column.OCCURRED_AT)
                .map(column -> OutboxTable.quote(table.column(column)))
                .collect(Collectors.joining(", "));
        return "SELECT " + columns + " FROM " + table.qualifiedName() + " WHERE "
                + (range.afterMillis() == 0 ? "" : occurredAt + " >= " + literal(range.afterMillis()) + " AND ")
                + occurredAt + " <= " + literal(range.untilMillis()) + " ORDER BY " + occurredAt + ";";
    }

    private static String literal(long millis) {
        return "'" + Instant.ofEpochMilli(millis) + "'";
    }
}
