package dev.outbox.relay.server;

import dev.outbox.relay.GapRange;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The part of a position record that tells of an accepted gap. For people: no relay goes by it. */
final class AdoptedFormat {

    static final String NAME = "adopted";

    private AdoptedFormat() {}

    static void write(JsonGenerator json, Adopted adopted) {
        GapRange range = adopted.range();
        json.writeObjectPropertyStart(NAME);
        json.writeStringProperty("by", adopted.by());
        json.writeStringProperty("at", adopted.at().toString());
        write(json, "afterLsn", range.afterLsn());
        write(json, "after", range.afterMillis());
        write(json, "untilLsn", range.untilLsn());
        write(json, "until", range.untilMillis());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, LogSequenceNumber lsn) {
        if (!lsn.equals(LogSequenceNumber.INVALID)) {
            json.writeStringProperty(name, lsn.toString());
        }
    }

    private static void write(JsonGenerator json, String name, long millis) {
        if (millis != 0) {
            json.writeStringProperty(name, Instant.ofEpochMilli(millis).toString());
        }
    }

    /**
     * @param members those of the object, by their names
     * @return null if there are none
     * @throws RuntimeException if they are not as written above
     */
    static @Nullable Adopted read(Map<String, String> members) {
        String by = members.get("by");
        String at = members.get("at");
        if (by == null || at == null) {
            return null;
        }
        return new Adopted(
                by,
                Instant.parse(at),
                new GapRange(
                        lsn(members.get("afterLsn")),
                        millis(members.get("after")),
                        lsn(members.get("untilLsn")),
                        millis(members.get("until"))));
    }

    private static LogSequenceNumber lsn(@Nullable String text) {
        return text == null ? LogSequenceNumber.INVALID : LogSequenceNumber.parse(text);
    }

    private static long millis(@Nullable String text) {
        return text == null ? 0 : Instant.parse(text).toEpochMilli();
    }
}
