package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventRecorders;
import dev.outbox.jpa.HarvestEpisode.Application;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random transactions against a real PostgreSQL: what is in the table is what the committed ones recorded, in order; a
 * transaction of which an event would be missing does not commit, and says so, and no other does.
 *
 * <p>{@code -Dharvest.transactions=10000} for more of them. A failure names its {@code -Dharvest.seed}; with that and
 * {@code -Dharvest.transactions=1} it happens at once.
 */
class HarvestPropertyTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final int TRANSACTIONS = Integer.getInteger("harvest.transactions", 1500);
    private static final long SEED = Long.getLong("harvest.seed", 20_251_121L);

    private static final List<Application> APPLICATIONS = new ArrayList<>();

    private long lastSeen;
    private int commits;
    private int rollbacks;
    private int loud;
    private int failed;
    private int events;

    @BeforeAll
    static void two_factories_of_which_one_keeps_no_rows() {
        application(database.factory(), database.harvested());
        EntityManagerFactory factory = database.anotherFactory();
        application(
                factory,
                JpaOutbox.builder()
                        .retention(Retention.DELETE_AFTER_INSERT)
                        .harvest(factory)
                        .build());
    }

    private static void application(EntityManagerFactory factory, JpaOutbox outbox) {
        SessionFactory hibernate = factory.unwrap(SessionFactory.class);
        hibernate.getStatistics().setStatisticsEnabled(true);
        APPLICATIONS.add(new Application(hibernate, outbox));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.get(0).factory().getStatistics().setStatisticsEnabled(false);
        APPLICATIONS.get(1).factory().close();
    }

    @Test
    void rows_are_what_committed_transactions_recorded_or_the_commit_was_loud() throws SQLException {
        System.out.println("HarvestPropertyTest: -Dharvest.seed=" + SEED + " -Dharvest.transactions=" + TRANSACTIONS);
        // The order of ids would not do: they are drawn when an event is recorded.
        database.execute("""
                DROP TABLE IF EXISTS written;
                CREATE TABLE written (n bigserial PRIMARY KEY, note text, xid text);
                CREATE OR REPLACE FUNCTION written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  INSERT INTO written (note, xid) VALUES (NEW.payload ->> 'note', NEW.xid::text); RETURN NULL; END $$;
                CREATE TRIGGER written AFTER INSERT ON public.outbox FOR EACH ROW EXECUTE FUNCTION written()""");
        long start = System.nanoTime();
        for (long seed = SEED; commits + rollbacks + loud + failed < TRANSACTIONS; seed++) {
            HarvestEpisode episode = new HarvestEpisode(seed, APPLICATIONS);
            try {
                episode.run(database);
                assertThat(written()).containsExactlyInAnyOrderElementsOf(expected(episode));
                assertThat(EventRecorders.ofCurrentThread()).isEmpty();
            } catch (Throwable e) {
                episode.abandon();
                throw new AssertionError(
                        "-Dharvest.seed=" + seed + " -Dharvest.transactions=1\n" + String.join("\n", episode.steps), e);
            }
            database.calls().forget();
            commits += episode.commits;
            rollbacks += episode.rollbacks;
            loud += episode.loud;
            failed += episode.failed;
        }
        System.out.printf(
                "HarvestPropertyTest: %d committed, %d rolled back, %d loud, %d failed by Hibernate, %d events, in %d ms%n",
                commits, rollbacks, loud, failed, events, (System.nanoTime() - start) / 1_000_000);
        assertThat(commits).as("loudness is the exception").isGreaterThanOrEqualTo(TRANSACTIONS / 2);
        assertThat(loud).isPositive();
        assertThat(failed).isLessThan(1 + TRANSACTIONS / 20);
    }

    private static List<List<String>> expected(HarvestEpisode episode) {
        return episode.expected.stream().filter(notes -> !notes.isEmpty()).toList();
    }

    /** The events of each transaction since the last call, in the order of their insertion. */
    private List<List<String>> written() throws SQLException {
        Map<String, List<String>> transactions = new LinkedHashMap<>();
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT n, note, xid FROM written WHERE n > ? ORDER BY n")) {
            query.setLong(1, lastSeen);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    lastSeen = rows.getLong(1);
                    transactions
                            .computeIfAbsent(rows.getString(3), any -> new ArrayList<>())
                            .add(rows.getString(2));
                    events++;
                }
            }
        }
        return List.copyOf(transactions.values());
    }
}
