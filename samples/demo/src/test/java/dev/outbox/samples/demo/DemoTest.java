package dev.outbox.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.samples.cli.Command;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DemoTest {

    private static final long SEED = 20260301;

    /** Its note of the deed commits and rolls back with the row, so that it is one committed event that goes missing. */
    private static final String SWALLOW_ONE_ROW = """
            CREATE TABLE swallowed (once boolean PRIMARY KEY);
            CREATE FUNCTION swallow_one() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO swallowed VALUES (true) ON CONFLICT DO NOTHING;
                IF FOUND THEN
                    RETURN NULL;
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER swallow_one BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION swallow_one()
            """;

    @Test
    void everything_arrives_once_and_in_order_also_when_the_relay_is_killed() {
        List<String> said = new ArrayList<>();

        DemoResult result = new Demo(new DemoSettings(600, true, false, SEED), said::add).run();

        assertThat(result.differences()).isEmpty();
        assertThat(result.passed()).isTrue();
        assertThat(result.line())
                .matches("demo: committed=[1-9]\\d* rolledback=[1-9]\\d* relayed=[1-9]\\d* received=[1-9]\\d*"
                        + " lost=0 phantom=0 duplicates=\\d+ reordered=0");
        assertThat(result.verdict().received()).isEqualTo(result.relayed());
        assertThat(said).anyMatch(line -> line.contains("SIGKILL"));
    }

    @Test
    @Timeout(50)
    void an_event_that_never_reaches_the_outbox_is_reported_as_lost() {
        DemoResult result = new Demo(
                        new DemoSettings(100, false, false, SEED),
                        line -> {},
                        postgres -> postgres.execute(Source.DATABASE, SWALLOW_ONE_ROW))
                .run();

        assertThat(result.verdict().lost()).isEqualTo(1);
        assertThat(result.passed()).isFalse();
        assertThat(result.line()).contains(" lost=1 phantom=0 ").endsWith(" reordered=0");
        assertThat(result.differences()).anyMatch(difference -> difference.startsWith("1 event "));
    }

    @Test
    void wrong_flags_end_with_2() {
        assertThat(Command.run(new Main(), "--transactions", "none")).isEqualTo(2);
        assertThat(Command.run(new Main(), "--transactions", "0")).isEqualTo(2);
        assertThat(Command.run(new Main(), "--nonsense")).isEqualTo(2);
        assertThat(Command.run(new Main(), "--help")).isZero();
    }
}
