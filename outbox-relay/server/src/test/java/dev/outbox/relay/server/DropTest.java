package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.setup.AdminCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code outbox-relay drop}: takes away what it is told to, once somebody has said so, and never from under a relay. */
class DropTest {

    private final Shop shop = Shop.withOutbox();
    private final List<String> questions = new ArrayList<>();

    @Test
    void what_was_named_is_dropped_after_a_yes_and_no_more() {
        relayOnce();
        Clinic.Visit dropped = drop("y", "--slot", "--publication");

        assertThat(dropped.exitCode()).as(dropped.output()).isZero();
        assertThat(questions).containsExactly("Drop it? [y/N] ");
        assertThat(dropped.output())
                .contains("  slot: '" + shop.name + "' of pgoutput, confirmed at ", "  publication: 'outbox'")
                .contains("dropped  slot " + shop.name, "dropped  publication outbox")
                .doesNotContain("position");
        assertThat(slots()).isEqualTo("0");
        assertThat(shop.query("SELECT count(*) FROM pg_publication")).isEqualTo("0");
        assertThat(new Topic(shop.positionTopic()).records(1)).isNotEmpty();

        Clinic.Visit rest = drop(null, "--slot", "--publication", "--position", "--yes", "--json");
        assertThat(rest.output().strip())
                .isEqualTo("{\"steps\":[{\"state\":\"gone\",\"what\":\"slot " + shop.name
                        + "\"},{\"state\":\"gone\",\"what\":"
                        + "\"publication outbox\"},{\"state\":\"dropped\",\"what\":\"topic " + shop.positionTopic()
                        + "\"}]}");
        // Nothing is left that would be a gap.
        relayOnce();
    }

    @Test
    void without_a_yes_everything_stays() {
        relayOnce();

        assertThat(drop("n", "--slot", "--publication", "--position").output()).endsWith("Nothing is changed.\n");
        Clinic.Visit nobody = drop(null, "--slot");
        assertThat(nobody.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(nobody.output()).contains("Expected a terminal to ask on, found none. Nothing is changed.");
        assertThat(drop(null).output().strip())
                .isEqualTo("Expected at least one of --slot, --publication and --position, found none.");
        assertThat(slots()).isEqualTo("1");
    }

    @Test
    void nothing_is_taken_from_under_a_relay() {
        try (RunningStream relay = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(relay);

            for (String what : List.of("--slot", "--publication", "--position")) {
                Clinic.Visit refused = drop("y", what, "--yes");

                assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
                assertThat(refused.output())
                        .contains(
                                "The slot '" + shop.name + "' on ",
                                "is held by another connection",
                                "Nothing is changed.");
            }
            shop.event("Order", "1", "'1'");
            assertThat(new Topic(shop.topic("Order")).values(1)).containsExactly("1");
        }
    }

    @Test
    void the_slot_of_somebody_else_is_not_dropped() {
        shop.execute("SELECT pg_create_logical_replication_slot('" + shop.name + "', 'test_decoding')");

        assertThat(drop(null, "--slot", "--yes").output())
                .contains("to be of the plugin pgoutput, found test_decoding");
        assertThat(slots()).isEqualTo("1");
    }

    private void relayOnce() {
        try (RunningStream relay = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(relay);
            assertThat(relay.stop()).as(relay.log()::toString).isTrue();
        }
    }

    private Clinic.Visit drop(@Nullable String answer, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("--config", Shop.write(shop.yaml()).toString(), "--stream", shop.name));
        arguments.addAll(List.of(options));
        return Clinic.run(
                AdminCommands.drop("postgres", question -> {
                    questions.add(question);
                    return Optional.ofNullable(answer);
                }),
                arguments.toArray(String[]::new));
    }

    private String slots() {
        return shop.query("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + shop.name + "'");
    }
}
