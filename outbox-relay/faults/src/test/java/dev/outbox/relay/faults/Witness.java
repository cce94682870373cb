package dev.outbox.relay.faults;

import dev.outbox.relay.pgoutput.PgOutputDecoder;
import dev.outbox.relay.pgoutput.PgOutputMessage;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A second slot, which nobody hurts: it tells where each transaction of the load committed. It reads the load's own ledger
 * table, by a publication of its own. For one thread at a time.
 */
final class Witness {

    private final String slot;
    private final Callable<Connection> database;
    private final Map<UUID, CommitPoint> commits = new HashMap<>();

    private Witness(String slot, Callable<Connection> database) {
        this.slot = slot;
        this.database = database;
    }

    /** Makes slot and publication; from now on it sees every commit. */
    static Witness begin(String name, int version, Callable<Connection> database) throws Exception {
        Witness witness = new Witness(name + "_witness", database);
        try (Connection connection = database.call();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE PUBLICATION witness FOR TABLE written");
            // It comes along to a standby, where the relay's slot does.
            statement.execute("SELECT pg_create_logical_replication_slot('" + witness.slot + "', 'pgoutput'"
                    + (version >= 17 ? ", failover => true)" : ")"));
        }
        return witness;
    }

    /** Reads what has committed since the last time; the slot holds no log before that any more. */
    void look() {
        PgOutputDecoder decoder = new PgOutputDecoder();
        @Nullable Begin begin = null;
        try (Connection connection = database.call();
                Statement statement = connection.createStatement();
                ResultSet changes = statement.executeQuery("SELECT data FROM pg_logical_slot_get_binary_changes('"
                        + slot + "', NULL, NULL, 'proto_version', '1', 'publication_names', 'witness')")) {
            while (changes.next()) {
                PgOutputMessage message = decoder.decode(ByteBuffer.wrap(changes.getBytes(1)));
                if (message instanceof Begin started) {
                    begin = started;
                } else if (message instanceof Insert insert && begin != null) {
                    UUID transaction = UUID.fromString(insert.newTuple().text(0));
                    commits.put(transaction, new CommitPoint(begin.commitLsn(), begin.commitInstant()));
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("The witness can't be asked: " + e.getMessage(), e);
        }
    }

    /** Where a transaction committed, if that was seen. */
    Optional<CommitPoint> commit(Transaction transaction) {
        return Optional.ofNullable(commits.get(transaction.id()));
    }
}
