package dev.outbox.relay.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/** Drops slot and publication. */
public final class SourceRemover {

    private final Source source;

    /** As one role sees them. */
    public SourceRemover(Source source) {
        this.source = source;
    }

    /**
     * What the slot still keeps; empty if there is none.
     *
     * @throws ReplicationException if it is held, or not the stream's to drop
     */
    public Optional<String> idleSlot() {
        try (Connection connection = source.connect()) {
            SlotChecks slot = SlotChecks.of(connection, source);
            Preflight.refuseErrors(slot.errors());
            if (slot.isActive()) {
                throw ReplicationException.slotHeld(
                        "The slot '" + source.slot() + "' on " + source.address() + " is held by another connection.",
                        Optional.empty(),
                        null);
            }
            return slot.words();
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "look at the slot '" + source.slot() + "'", e);
        }
    }

    /**
     * Returns whether there was one.
     *
     * @throws ReplicationException if it is held, or can't be dropped
     */
    public boolean dropSlot() {
        if (idleSlot().isEmpty()) {
            return false;
        }
        try (Connection connection = source.connect();
                PreparedStatement statement = connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
            statement.setString(1, source.slot());
            statement.execute();
            return true;
        } catch (SQLException e) {
            throw SqlErrors.onStart(source, e);
        }
    }

    /**
     * Returns whether there was one.
     *
     * @throws ReplicationException if it can't be dropped
     */
    public boolean dropPublication() {
        String sql = "DROP PUBLICATION " + Sql.identifier(source.publication());
        try (Connection connection = source.connect()) {
            if (Publication.oid(connection, source) == 0) {
                return false;
            }
            connection.createStatement().execute(sql);
            return true;
        } catch (SQLException e) {
            throw new ReplicationException(
                    "The publication '" + source.publication() + "' on " + source.address() + " can't be dropped as "
                            + source.role() + " (" + SqlErrors.message(e) + "). Run as its owner: " + sql + ";",
                    false,
                    e);
        }
    }
}
