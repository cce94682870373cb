package dev.outbox.relay.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.GapRange;
import dev.outbox.relay.Position;
import dev.outbox.relay.SourceIdentity;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.status.Paused;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PositionFormatTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.250Z");
    private static final String WRITTEN = """
            {"version":1,"epoch":3,"systemIdentifier":"7412345678901234567","timeline":2,"slot":"shop",\
            "publicationOid":16390,"entryOid":16391,"tableOid":4294967295,"commitLsn":"1/A0","index":4,\
            "confirmableLsn":"1/B0","checkedLsn":"FFFFFFFF/FFFFFFFF","committedAt":"2026-03-01T11:59:59.125Z",\
            "writtenAt":"2026-03-01T12:00:00.250Z","transactionalId":"relay-1"}""";

    @Test
    void a_record_says_what_people_and_later_versions_need() {
        assertThat(new String(PositionFormat.write(record(), NOW), UTF_8)).isEqualTo(WRITTEN);
    }

    @Test
    void what_was_written_is_read() {
        assertThat(PositionFormat.read(PositionFormat.write(record(), NOW))).isEqualTo(record());
    }

    @Test
    void an_accepted_gap_is_told_of_by_who_when_and_range() {
        GapRange range = new GapRange(
                LogSequenceNumber.parse("1/90"), 1_000, LogSequenceNumber.parse("1/F0"), NOW.toEpochMilli());
        PositionRecord accepted = accepted(range);
        byte[] written = PositionFormat.write(accepted, NOW);

        assertThat(new String(written, UTF_8)).isEqualTo(WRITTEN.substring(0, WRITTEN.length() - 1) + """
                ,"adopted":{"by":"ann@host","at":"2026-03-01T12:00:00.250Z","afterLsn":"1/90",\
                "after":"1970-01-01T00:00:01Z","untilLsn":"1/F0","until":"2026-03-01T12:00:00.250Z"}}""");
        assertThat(PositionFormat.read(written)).isEqualTo(accepted);
    }

    @Test
    void of_an_accepted_gaps_range_only_what_is_known_is_told() {
        PositionRecord accepted =
                accepted(new GapRange(LogSequenceNumber.INVALID, 0, LogSequenceNumber.INVALID, NOW.toEpochMilli()));
        byte[] written = PositionFormat.write(accepted, NOW);

        assertThat(new String(written, UTF_8))
                .endsWith("\"at\":\"2026-03-01T12:00:00.250Z\",\"until\":\"2026-03-01T12:00:00.250Z\"}}");
        assertThat(PositionFormat.read(written)).isEqualTo(accepted);
    }

    @Test
    void what_a_later_version_makes_of_accepted_gaps_is_passed_over() {
        String json = WRITTEN.substring(0, WRITTEN.length() - 1);

        for (String adopted :
                new String[] {"[{}]", "\"x\"", "{}", "{\"by\":1,\"at\":[2]}", "{\"by\":\"a\",\"at\":\"b\"}"}) {
            assertThat(PositionFormat.read((json + ",\"adopted\":" + adopted + "}").getBytes(UTF_8)))
                    .isEqualTo(record());
        }
    }

    private static PositionRecord accepted(GapRange range) {
        PositionRecord record = record();
        return new PositionRecord(
                record.epoch(),
                record.checkpoint(),
                record.transactionalId(),
                new Adopted("ann@host", NOW, range),
                null);
    }

    @Test
    void a_pause_is_told_of_by_who_and_when() {
        PositionRecord record = record();
        PositionRecord paused = new PositionRecord(
                record.epoch(), record.checkpoint(), record.transactionalId(), null, new Paused("10.0.0.7", NOW));
        byte[] written = PositionFormat.write(paused, NOW);

        assertThat(new String(written, UTF_8)).isEqualTo(WRITTEN.substring(0, WRITTEN.length() - 1) + """
                ,"paused":{"by":"10.0.0.7","at":"2026-03-01T12:00:00.250Z"}}""");
        assertThat(PositionFormat.read(written)).isEqualTo(paused);
    }

    @Test
    void a_pause_is_one_whatever_a_later_version_makes_of_it() {
        String json = WRITTEN.substring(0, WRITTEN.length() - 1);

        for (String paused : new String[] {"[{}]", "\"x\"", "{}", "{\"by\":[1],\"at\":\"b\",\"why\":{}}"}) {
            assertThat(PositionFormat.read((json + ",\"paused\":" + paused + "}").getBytes(UTF_8))
                            .paused())
                    .as(paused)
                    .isEqualTo(new Paused("?", Instant.EPOCH));
        }
        assertThat(PositionFormat.read((json + ",\"paused\":null}").getBytes(UTF_8)))
                .isEqualTo(record());
    }

    @Test
    void what_is_unknown_is_passed_over() {
        String later = WRITTEN.replace("\"epoch\"", "\"healed\":{\"from\":[1,{}]},\"note\":null,\"epoch\"");

        assertThat(PositionFormat.read(later.getBytes(UTF_8))).isEqualTo(record());
    }

    @Test
    void a_newer_version_is_refused() {
        assertRefused(WRITTEN.replace("\"version\":1", "\"version\":2"), "version 1 or older, found version 2");
    }

    @Test
    void anything_else_is_refused_with_what_is_wrong() {
        assertRefused("", "a JSON object");
        assertRefused("[]", "a JSON object");
        assertRefused(WRITTEN.substring(0, 40), "a JSON object");
        assertRefused("{}", "without 'version'");
        assertRefused(WRITTEN.replace("\"slot\"", "\"Slot\""), "without 'slot'");
        assertRefused(WRITTEN.replace("1/A0", "A0"), "no LSN as 'commitLsn'");
        assertRefused(WRITTEN.replace("\"timeline\":2", "\"timeline\":\"two\""), "no number as 'timeline'");
        assertRefused(WRITTEN.replace("T11:59", " 11:59"), "no time as 'committedAt'");
    }

    private static PositionRecord record() {
        return new PositionRecord(
                3,
                new Checkpoint(
                        new SourceIdentity("7412345678901234567", "shop", 16390, 16391, 4294967295L),
                        new Position(2, LogSequenceNumber.parse("1/A0"), 4),
                        LogSequenceNumber.parse("1/B0"),
                        new LogSequenceNumber(-1),
                        Instant.parse("2026-03-01T11:59:59.125Z").toEpochMilli()),
                "relay-1");
    }

    private static void assertRefused(String json, String words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PositionFormat.read(json.getBytes(UTF_8)))
                .withMessageContaining(words);
    }
}
