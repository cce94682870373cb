package dev.outbox.samples.reader;

import dev.outbox.OutboxException;
import dev.outbox.jpa.Inbox;
import dev.outbox.jpa.JdbcInbox;
import dev.outbox.samples.cli.SampleException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The persons and the inbox in the destination database. A batch of events is one transaction: it asks the inbox which
 * of them are new, works those out in memory, and writes what became of the persons.
 *
 * <p>For use by one thread.
 */
final class ReadModel implements AutoCloseable {

    private final Connection connection;
    private final String consumer;
    private final Inbox inbox;
    private final PersonTable persons;

    private ReadModel(Connection connection, String consumer) {
        this.connection = connection;
        this.consumer = consumer;
        this.inbox = JdbcInbox.on(connection);
        this.persons = new PersonTable(connection);
    }

    /** Connects; makes the tables where they are missing. */
    static ReadModel open(ReaderSettings settings) {
        try {
            Connection connection =
                    DriverManager.getConnection(settings.url(), settings.username(), settings.password());
            connection.setAutoCommit(false);
            Schema.create(connection);
            return new ReadModel(connection, settings.group());
        } catch (SQLException e) {
            throw new SampleException(
                    "The destination database %s can't be used (%s); check --url, --username and --password."
                            .formatted(settings.url(), firstLine(e)),
                    e);
        }
    }

    /** Applies a batch, in the order given; when it returns, it is committed. */
    ReaderSummary apply(List<PersonEvent> events) {
        try {
            ReaderSummary summary = applyNew(events);
            connection.commit();
            return summary;
        } catch (SQLException | OutboxException e) {
            rollBack(e);
            throw new SampleException(
                    "The destination database failed (%s); the records will be read again after a restart."
                            .formatted(firstLine(e)),
                    e);
        }
    }

    private ReaderSummary applyNew(List<PersonEvent> events) throws SQLException {
        List<PersonEvent> unseen = inbox.claim(consumer, events, PersonEvent::eventId);
        Map<UUID, PersonRow> before =
                persons.select(unseen.stream().map(PersonEvent::personId).toList());
        Map<UUID, PersonRow> after = new HashMap<>(before);
        long applied = 0;
        long ignored = 0;
        long orphans = 0;
        for (PersonEvent event : unseen) {
            PersonRow current = after.get(event.personId());
            if (event.change() instanceof PersonChange.Unknown) {
                ignored++;
            } else if (event.change().needsPerson() && current == null) {
                orphans++;
            } else {
                applied++;
                PersonRow changed = event.change().apply(event.personId(), current);
                if (changed == null) {
                    after.remove(event.personId());
                } else {
                    after.put(event.personId(), changed);
                }
            }
        }
        persons.write(before, after);
        return new ReaderSummary(events.size(), applied, events.size() - unseen.size(), ignored, orphans);
    }

    private void rollBack(Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new SampleException("The connection to the destination database can't be closed.", e);
        }
    }
}
