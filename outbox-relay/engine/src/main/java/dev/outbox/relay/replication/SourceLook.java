package dev.outbox.relay.replication;

import dev.outbox.relay.check.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** One look at everything that a stream needs of its database. Changes nothing, and holds no slot. */
public final class SourceLook {

    private static final Duration CLOCKS_APART = Duration.ofSeconds(2);

    private final Source source;
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable ServerIdentity identity;
    private @Nullable ReplicationException gap;
    private @Nullable Duration clockAhead;
    private List<String> aggregateTypes = List.of();

    private SourceLook(Source source) {
        this.source = source;
    }

    /**
     * Connects, and looks.
     *
     * @param source one that may not {@link Source#createMissing make what is missing} has a gap where something is
     * @param knownSlots those that others use
     * @param clock this machine's
     * @param admin the same database as somebody sees it who is let in where the relay's role is not; or null
     */
    public static SourceLook at(Source source, Set<String> knownSlots, InstantSource clock, @Nullable Source admin) {
        SourceLook look = new SourceLook(source);
        try (Connection connection = source.connect()) {
            look.findings.add(Finding.ok("connection", source.address() + " as " + source.role()));
            look.at(connection, knownSlots, clock);
        } catch (ReplicationException e) {
            if (admin == null || !look.explained(admin)) {
                look.refused(e);
            }
            look.findings.add(Finding.unknown(
                    "database", "without a connection, neither server nor role, table, publication and slot"));
        } catch (SQLException e) {
            look.findings.add(Finding.unknown("database", SqlErrors.message(e)));
        }
        return look;
    }

    /** Whether an admin sees why the role is not let in. */
    private boolean explained(Source admin) {
        try (Connection connection = admin.connect()) {
            List<Finding> reasons = RoleChecks.whyRefused(connection, source);
            findings.addAll(reasons);
            return !reasons.isEmpty();
        } catch (ReplicationException e) {
            refused(e);
            return false;
        } catch (SQLException e) {
            findings.add(Finding.unknown("role", SqlErrors.message(e)));
            return false;
        }
    }

    private void at(Connection connection, Set<String> knownSlots, InstantSource clock) throws SQLException {
        connection.createStatement().execute("SET default_transaction_read_only = on");
        ServerChecks server = new ServerChecks(connection, source);
        SlotChecks slot = SlotChecks.of(connection, source);
        look("server", server::required);
        look("role", () -> RoleChecks.findings(connection, source));
        look("server", () -> server.room(slot.exists()));
        identify();
        look("prepared transactions", () -> server.waiting(slot.exists()));
        TableChecks table = TableChecks.of(connection, source);
        findings.addAll(table.findings());
        PublicationChecks publication = PublicationChecks.of(connection, source, table);
        if (!table.columns().isEmpty()) {
            look("publication", () -> publication.findings(server.isStandby()));
        }
        gap = slot.unusable().orElse(slot.exists() || source.createMissing() ? null : SlotChecks.gone(source));
        if (gap == null) {
            look("slot", slot::findings);
        }
        look("max_slot_wal_keep_size", server::retention);
        if (!table.columns().isEmpty()) {
            aggregateTypes = table.aggregateTypes(connection);
        }
        look("other slots", () -> slot.leftBehind(knownSlots));
        look("clock", () -> List.of(clock(connection, clock)));
    }

    private void look(String subject, Callable<List<Finding>> check) {
        try {
            findings.addAll(check.call());
        } catch (SQLException e) {
            findings.add(Finding.unknown(subject, SqlErrors.message(e)));
        } catch (Exception e) {
            throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
        }
    }

    /** Over a replication connection, which the stream needs as well. */
    private void identify() {
        try {
            ServerIdentity found = ServerIdentity.of(source);
            identity = found;
            findings.add(Finding.ok(
                    "replication connection",
                    "system identifier " + found.systemIdentifier() + ", timeline " + found.timeline()));
        } catch (ReplicationException e) {
            refused(e);
        }
    }

    private void refused(ReplicationException e) {
        Finding refused = e.finding();
        findings.add(refused == null ? Finding.unknown("database", String.valueOf(e.getMessage())) : refused);
    }

    private Finding clock(Connection connection, InstantSource clock) throws SQLException {
        Instant before = clock.instant();
        Instant server = Instant.parse(Query.texts(
                        connection,
                        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                .get(0));
        Instant after = clock.instant();
        Duration ahead =
                Duration.between(before.plus(Duration.between(before, after).dividedBy(2)), server);
        clockAhead = ahead;
        Duration uncertain = Duration.between(before, after);
        if (ahead.abs().minus(uncertain).compareTo(CLOCKS_APART) < 0) {
            return Finding.ok("database clock", "that of this machine");
        }
        return Finding.warning(
                "database clock",
                "the clock of " + source.address() + " to be that of this machine",
                "it " + ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead"),
                "Let both follow the same time (NTP).");
    }

    /** All that was found, in the order of what depends on what. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Who the server is; empty if a replication connection is not to be had. */
    public Optional<ServerIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    /** Why the slot can't be streamed from any more, or yet. */
    public Optional<ReplicationException> unusableSlot() {
        return Optional.ofNullable(gap);
    }

    /** Some of the aggregate types that the table holds events of. */
    public List<String> aggregateTypes() {
        return aggregateTypes;
    }

    /** How far the database's clock is ahead of this machine's; negative if behind, empty if it could not be asked. */
    public Optional<Duration> clockAhead() {
        return Optional.ofNullable(clockAhead);
    }
}
