package dev.outbox.relay.replication;

import dev.outbox.relay.check.DidYouMean;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Query.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The slot: can it be streamed from, who does, and what else does the server keep WAL for? */
final class SlotChecks {

    private static final String SUBJECT = "slot";
    private static final String OWN_NAME = "outbox-relay ";

    private static final String SLOT = """
            SELECT s.*, current_database() AS here, pg_is_in_recovery() AS standby,
                pg_size_pretty(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                    ELSE pg_current_wal_lsn() END, s.restart_lsn)) AS retained, a.application_name
            FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid
            """;
    private static final String ALIKE =
            "SELECT slot_name FROM pg_replication_slots WHERE plugin = 'pgoutput' AND database = current_database()";

    private final Connection connection;
    private final Source source;
    private final @Nullable Row slot;
    private final String what;

    private SlotChecks(Connection connection, Source source) throws SQLException {
        this.connection = connection;
        this.source = source;
        this.slot = Query.first(connection, SLOT + " WHERE slot_name = ?", source.slot())
                .orElse(null);
        this.what = "the slot '" + source.slot() + "' on " + source.address() + " to be ";
    }

    static SlotChecks of(Connection connection, Source source) throws SQLException {
        return new SlotChecks(connection, source);
    }

    boolean exists() {
        return slot != null;
    }

    /** Whether it is held by another connection. */
    boolean isActive() {
        return slot != null && slot.is("active");
    }

    boolean isInvalidated() {
        return slot != null
                && (slot.text("wal_status").equals("lost")
                        || slot.is("conflicting")
                        || slot.get("invalidation_reason") != null);
    }

    /** What is wrong with what it is. */
    List<Finding> errors() {
        Row found = slot;
        if (found == null) {
            return List.of();
        }
        String another = "Name another slot.";
        if (!found.text("slot_type").equals("logical")) {
            return List.of(error(what + "logical", "a " + found.text("slot_type") + " one", another));
        } else if (!found.text("plugin").equals("pgoutput")) {
            return List.of(error(what + "of the plugin pgoutput", found.text("plugin"), another));
        } else if (!found.text("database").equals(found.text("here"))) {
            return List.of(error(
                    what + "of the database " + found.text("here"),
                    found.text("database"),
                    "Slot names are shared by all databases of a server: name another."));
        }
        return List.of();
    }

    /** Why it can't be streamed from, though it is the right one. */
    Optional<ReplicationException> unusable() {
        Row found = slot;
        if (found == null || !errors().isEmpty()) {
            return Optional.empty();
        }
        if (found.is("synced") && found.is("standby")) {
            return Optional.of(new ReplicationException(
                    "Expected " + what
                            + "the primary's, found the copy on a standby, which streams only after a promotion. Connect to"
                            + " the primary: name it in the URL, or all hosts with targetServerType=primary.",
                    true,
                    null));
        }
        if (isInvalidated()) {
            String reason = found.get("invalidation_reason");
            return Optional.of(ReplicationException.gap(
                    "Expected " + what + "able to stream, found that the server has invalidated it"
                            + (reason == null ? "" : " (" + reason + ")") + ": it has dropped WAL that the slot needs.",
                    LogSequenceNumber.parse(found.text("confirmed_flush_lsn")),
                    null));
        }
        return Optional.empty();
    }

    /** A slot that this stream was read from is no more. */
    static ReplicationException gone(Source source) {
        return ReplicationException.gap(
                "Expected the slot '" + source.slot() + "' on " + source.address() + " that this stream was read"
                        + " from, found that it is gone: a new one would skip what committed since.",
                LogSequenceNumber.INVALID,
                null);
    }

    /** Everything to be said of it, but for {@link #unusable}. */
    List<Finding> findings() throws SQLException {
        if (slot == null) {
            return List.of(missing());
        }
        List<Finding> findings = new ArrayList<>(errors());
        if (findings.isEmpty()) {
            findings.addAll(warnings(slot));
        }
        return findings.isEmpty() ? List.of(Finding.ok(SUBJECT, words(slot))) : findings;
    }

    private Finding missing() throws SQLException {
        Optional<String> near = DidYouMean.nearest(source.slot(), Query.texts(connection, ALIKE));
        return near.map(name -> Finding.warning(
                        SUBJECT,
                        "the slot '" + source.slot() + "' on " + source.address(),
                        "none of that name (did you mean '" + name + "'?), and the first start makes one",
                        "Set slot: " + name + ", or drop that one: SELECT pg_drop_replication_slot('" + name + "');"))
                .orElseGet(() -> Finding.ok(SUBJECT, "no '" + source.slot() + "' yet: the first start makes it"));
    }

    private List<Finding> warnings(Row found) throws SQLException {
        List<Finding> warnings = new ArrayList<>();
        if (found.is("temporary")) {
            warnings.add(error(what + "lasting", "a temporary one, which goes with its session", "Name another slot."));
        }
        if (found.text("wal_status").equals("unreserved")) {
            warnings.add(Finding.warning(
                    SUBJECT,
                    what + "within max_slot_wal_keep_size",
                    "wal_status=unreserved: the server drops its WAL at the next checkpoint",
                    "Start the relay now, or raise max_slot_wal_keep_size."));
        }
        String holder = found.get("application_name");
        if (holder != null && !holder.startsWith(OWN_NAME)) {
            warnings.add(Finding.warning(
                    SUBJECT,
                    what + "free, or held by a relay",
                    "that '" + holder + "' holds it (PID " + found.text("active_pid") + ")",
                    "End that one: SELECT pg_terminate_backend(" + found.text("active_pid") + ");"));
        }
        if (found.is("failover")
                && !found.is("standby")
                && Query.setting(connection, "synchronized_standby_slots").isEmpty()) {
            warnings.add(Finding.warning(
                    SUBJECT,
                    "synchronized_standby_slots to name the standby's slot, for this is a failover slot",
                    "nothing, so that events can be relayed which a promoted standby never had",
                    "Run ALTER SYSTEM SET synchronized_standby_slots = '<the standby's slot>'; SELECT"
                            + " pg_reload_conf();"));
        }
        return warnings;
    }

    /** What it is and keeps; empty if there is none. */
    Optional<String> words() {
        return Optional.ofNullable(slot).map(SlotChecks::words);
    }

    private static String words(Row found) {
        String holder = found.is("active")
                ? "held by PID " + found.text("active_pid")
                        + (found.get("application_name") == null ? "" : " (" + found.text("application_name") + ")")
                : "held by nobody";
        return "'" + found.text("slot_name") + "' of pgoutput, confirmed at " + found.text("confirmed_flush_lsn") + ", "
                + found.text("retained") + " of WAL kept, wal_status=" + found.text("wal_status") + ", " + holder;
    }

    /** Slots that keep WAL for nobody. */
    List<Finding> leftBehind(Set<String> known) throws SQLException {
        List<Row> left = Query.rows(
                        connection,
                        SLOT + " WHERE NOT s.active AND s.slot_name <> ? ORDER BY s.restart_lsn",
                        source.slot())
                .stream()
                .filter(other -> !known.contains(other.text("slot_name")) && !other.is("synced"))
                .toList();
        if (left.isEmpty()) {
            return List.of(Finding.ok("other slots", "none that is idle"));
        }
        Row oldest = left.get(0);
        String name = oldest.text("slot_name");
        return List.of(Finding.warning(
                "other slots",
                "none that is idle on " + source.address(),
                left.size() + ", of which '" + name + "'"
                        + (oldest.get("retained") == null ? "" : " keeps " + oldest.text("retained") + " of WAL"),
                "If nobody comes back for it: SELECT pg_drop_replication_slot('" + name + "');"));
    }

    private static Finding error(String expected, String found, String mend) {
        return Finding.error(SUBJECT, expected, found, mend);
    }
}
