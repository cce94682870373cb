package dev.outbox.relay.replication;

import dev.outbox.relay.check.Finding;
import dev.outbox.relay.replication.Query.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The server: can it decode its log for one more reader, and what becomes of the log? */
final class ServerChecks {

    private static final int OLDEST_SERVER = 15;
    private static final int DECODES_ON_STANDBY = 16;
    private static final int HAS_FAILOVER_SLOTS = 17;

    private final Connection connection;
    private final Source source;
    private final int version;
    private final boolean standby;

    ServerChecks(Connection connection, Source source) throws SQLException {
        this.connection = connection;
        this.source = source;
        this.version = connection.getMetaData().getDatabaseMajorVersion();
        this.standby =
                Query.texts(connection, "SELECT pg_is_in_recovery()").get(0).equals("t");
    }

    boolean isStandby() {
        return standby;
    }

    /** What nothing can be streamed without. */
    List<Finding> required() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        findings.add(version());
        String walLevel = Query.setting(connection, "wal_level");
        findings.add(
                walLevel.equals("logical")
                        ? Finding.ok("wal_level", "logical")
                        : Finding.error(
                                "wal_level",
                                "wal_level=logical on " + source.address(),
                                "wal_level=" + walLevel,
                                "Run ALTER SYSTEM SET wal_level = 'logical'; and restart the server."));
        return findings;
    }

    private Finding version() throws SQLException {
        if (version < OLDEST_SERVER) {
            return Finding.error(
                    "server",
                    "PostgreSQL " + OLDEST_SERVER + " or newer at " + source.address(),
                    String.valueOf(version),
                    "Upgrade the server.");
        }
        if (standby && version < DECODES_ON_STANDBY) {
            return Finding.error(
                    "server",
                    "the primary, or PostgreSQL " + DECODES_ON_STANDBY + " or newer, at " + source.address(),
                    "a standby of PostgreSQL " + version + ", which can't decode",
                    "Name the primary in the URL, or all hosts with targetServerType=primary.");
        }
        return Finding.ok(
                "server",
                "PostgreSQL " + Query.setting(connection, "server_version") + ", a "
                        + (standby ? "standby" : "primary"));
    }

    /** What a slot that goes over to standbys can't be made without. */
    Finding failover() {
        return version < HAS_FAILOVER_SLOTS
                ? Finding.error(
                        "server",
                        "PostgreSQL " + HAS_FAILOVER_SLOTS + " or newer at " + source.address()
                                + " for a slot that goes over to standbys (--failover)",
                        String.valueOf(version),
                        "Leave --failover out, or upgrade the server.")
                : Finding.ok("failover", "PostgreSQL " + version);
    }

    /** Whether there is room for a slot, unless the stream's is there, and for connections. */
    List<Finding> room(boolean hasSlot) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        findings.add(room(
                "replication slots",
                "max_replication_slots",
                Query.texts(connection, "SELECT count(*) FROM pg_replication_slots"),
                hasSlot ? 0 : 1));
        findings.add(room(
                "wal senders",
                "max_wal_senders",
                Query.texts(connection, "SELECT count(*) FROM pg_stat_replication"),
                holdsSlot() ? 0 : 1));
        return findings;
    }

    private Finding room(String subject, String setting, List<String> used, int needed) throws SQLException {
        int limit = Integer.parseInt(Query.setting(connection, setting));
        int taken = Integer.parseInt(used.get(0));
        String found = taken + " of " + setting + "=" + limit + " in use";
        return limit - taken >= needed
                ? Finding.ok(subject, found)
                : Finding.error(
                        subject,
                        "one that is free on " + source.address(),
                        found,
                        "Drop one that nobody needs, or run ALTER SYSTEM SET " + setting + " = " + 2 * limit
                                + "; and restart the server.");
    }

    private boolean holdsSlot() throws SQLException {
        return !Query.rows(connection, "SELECT FROM pg_replication_slots WHERE slot_name = ? AND active", source.slot())
                .isEmpty();
    }

    /** What the server does with the log that a slot needs. */
    List<Finding> retention() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        String keep = Query.setting(connection, "max_slot_wal_keep_size");
        findings.add(
                keep.equals("-1")
                        ? Finding.warning(
                                "max_slot_wal_keep_size",
                                "a limit to the WAL that slots keep on " + source.address(),
                                "none, so that a relay which is away for long fills the disk",
                                "Run ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf(); with a size"
                                        + " that the disk has room for.")
                        : Finding.ok("max_slot_wal_keep_size", keep));
        String idle = Query.setting(connection, "idle_replication_slot_timeout");
        if (!idle.isEmpty() && !idle.equals("0")) {
            findings.add(Finding.warning(
                    "idle_replication_slot_timeout",
                    "no limit to the time that a slot may be idle on " + source.address(),
                    idle + ", after which the slot of a relay that is stopped is invalid",
                    "Run ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf();"));
        }
        if (standby) {
            findings.add(
                    Query.setting(connection, "hot_standby_feedback").equals("on")
                            ? Finding.ok("hot_standby_feedback", "on")
                            : Finding.warning(
                                    "hot_standby_feedback",
                                    "hot_standby_feedback=on, and a primary_slot_name, on a standby that a slot is on",
                                    "off, so that the primary's vacuum invalidates the slot",
                                    "Run ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf(); on"
                                            + " the standby."));
        }
        return findings;
    }

    /** Transactions that were prepared and left: a slot can't be made before they end. */
    List<Finding> waiting(boolean hasSlot) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (Row prepared :
                Query.rows(connection, "SELECT gid, prepared, database FROM pg_prepared_xacts ORDER BY 2")) {
            findings.add(Finding.warning(
                    "prepared transactions",
                    "none that was left behind",
                    "'" + prepared.text("gid") + "' in " + prepared.text("database") + ", prepared at "
                            + prepared.text("prepared")
                            + (hasSlot ? ", whose WAL is kept" : ", for which a new slot waits"),
                    "In that database: COMMIT PREPARED '" + prepared.text("gid") + "'; or ROLLBACK PREPARED."));
        }
        return findings;
    }
}
