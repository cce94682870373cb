package dev.outbox.relay.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.outbox.relay.RelayException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTableTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String RUNNING = """
            {"name":"shop","state":"RUNNING","since":"2026-03-01T09:55:00Z","ready":true,"later":[1,{"a":2}],
             "lag":{"bytes":1536,"seconds":0.2},"slot":{"walStatus":"reserved","retainedBytes":16777216},
             "traffic":{"eventsPerSecond":119.6,"inFlightEvents":3}}""";
    private static final String FAILED = """
            {"name":"orders-of-old","state":"FAILED","since":"2026-03-01T11:59:15Z","ready":false,"why":"it has failed",
             "lastError":{"message":"The table is gone.","at":"2026-03-01T11:59:15Z"},"lag":{},
             "traffic":{"eventsPerSecond":0.0,"inFlightEvents":0}}""";
    private static final String PAUSED = """
            {"name":"p","state":"PAUSED","since":"2026-02-27T12:00:00Z","ready":true,
             "paused":{"by":"10.0.0.7","at":"2026-02-27T12:00:00Z"},"lag":{"bytes":5000000000,"seconds":172800},
             "slot":{"walStatus":"extended","retainedBytes":5000000000},
             "traffic":{"eventsPerSecond":0.0,"inFlightEvents":0}}""";

    @Test
    void each_stream_has_a_row_and_what_there_is_to_say_is_below() {
        List<StreamReport> reports = StreamReport.readAll("[" + RUNNING + "," + FAILED + "," + PAUSED + "]");

        assertThat(new StatusTable().lines(reports, NOW, 0))
                .containsExactly(
                        "STREAM         STATE     FOR         BEHIND               EVENTS/S  IN FLIGHT  WAL RETAINED",
                        "shop           RUNNING   2 h 5 min   0.2 s, 1.5 KiB       120       3          16.0 MiB reserved",
                        "orders-of-old  FAILED !  45 s        ?                    -         0          ?",
                        "p              PAUSED    48 h 0 min  48 h 0 min, 4.7 GiB  -         0          4.7 GiB extended",
                        "  orders-of-old: it has failed",
                        "  orders-of-old: 2026-03-01T11:59:15Z The table is gone.",
                        "  p: paused since 2026-02-27T12:00:00Z by 10.0.0.7");
    }

    @Test
    void where_no_terminal_is_each_stream_is_a_line_for_programs() {
        assertThat(StatusTable.line(StreamReport.readAll("[" + RUNNING + "]").get(0), NOW))
                .isEqualTo("2026-03-01T12:00:00Z shop state=RUNNING ready=true lag-seconds=0.2 lag-bytes=1536"
                        + " events-per-second=119.6 in-flight=3 retained-wal-bytes=16777216 wal-status=reserved");
    }

    @Test
    void on_a_terminal_the_table_is_written_over_itself() {
        StringWriter out = new StringWriter();
        StatusView view = new StatusView(new PrintWriter(out), true);
        List<StreamReport> reports = StreamReport.readAll("[" + RUNNING + "]");
        view.show(reports, NOW, 0);
        assertThat(out.toString()).doesNotContain("\033[2A").contains("\033[2KSTREAM", "\033[2Kshop");

        view.show("Nobody there.");
        assertThat(out.toString()).contains("\033[2A").endsWith("\033[2KNobody there.\n\033[J\033[?7h");

        view.show(reports, NOW, 0);
        assertThat(out.toString()).contains("\033[1A");
    }

    @Test
    void what_is_no_answer_of_a_relay_is_said_to_be_none() {
        for (String body : new String[] {"", "{}", "<html>", "[{\"name\":"}) {
            assertThatExceptionOfType(RelayException.class)
                    .isThrownBy(() -> StreamReport.readAll(body))
                    .withMessageContaining("Expected an array of streams");
        }
        assertThat(StreamReport.member("<html>", "detail")).isEmpty();
        assertThat(StreamReport.member("{\"a\":{\"b\":\"c\"}}", "a.b")).contains("c");
    }
}
