package dev.outbox.relay.replication;

import dev.outbox.relay.check.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the server before anything is streamed, makes publication and slot where they are missing, and refuses with
 * all that is wrong at once.
 */
public final class Preflight {

    private static final int SKIPS_MISSING_PUBLICATIONS = 18;

    private Preflight() {}

    /**
     * Checks the server and makes what is missing. The publication comes before the slot: decoding looks it up as it was
     * when each transaction committed.
     *
     * @throws ReplicationException if the relay can't or must not stream
     */
    public static void run(Source source) {
        try (Connection connection = source.connect()) {
            TableChecks table = TableChecks.of(connection, source);
            List<Finding> first = new ArrayList<>(new ServerChecks(connection, source).required());
            first.addAll(table.findings());
            refuseErrors(first);
            List<Finding> second = new ArrayList<>(Publication.ensure(connection, source, table));
            second.addAll(ReplicationSlot.errors(connection, source));
            refuseErrors(second);
            ReplicationSlot.createIfMissing(connection, source);
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "check the server", e);
        }
    }

    /**
     * The same where somebody has accepted what was lost: a slot that the server has invalidated is made anew. Before
     * PostgreSQL 18 a slot can't pass the place where its publication did not exist, so it is taken on to the end of the
     * log if the publication was made anew.
     *
     * @param publicationOid that of the publication read before, 0 if unknown
     */
    public static void runAccepting(Source source, long publicationOid) {
        try (Connection connection = source.connect()) {
            ReplicationSlot.dropIfInvalidated(connection, source);
            run(source);
            if (publicationOid != 0
                    && publicationOid != Publication.oid(connection, source)
                    && connection.getMetaData().getDatabaseMajorVersion() < SKIPS_MISSING_PUBLICATIONS) {
                ReplicationSlot.advance(connection, source);
            }
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "make way for the stream", e);
        }
    }

    /** Throws those that are errors, as one. */
    static void refuseErrors(List<Finding> findings) {
        List<String> errors = findings.stream()
                .filter(finding -> finding.level() == Finding.Level.ERROR)
                .map(Finding::sentence)
                .toList();
        if (!errors.isEmpty()) {
            throw new ReplicationException(String.join("\n", errors), false, null);
        }
    }
}
