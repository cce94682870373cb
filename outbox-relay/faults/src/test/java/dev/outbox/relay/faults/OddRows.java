package dev.outbox.relay.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Rows that nobody would write on purpose, among good ones. Each arrives as it is, or is a dead letter where no record can be
 * made of it; nothing stops for it.
 */
final class OddRows {

    /** Columns that {@link Event} does not have are set by a trigger, which finds them in the event's type. */
    private static final String TRIGGER = """
            CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.type LIKE 'set {%' THEN
                    NEW := json_populate_record(NEW, substr(NEW.type, 5)::json);
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER odd BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION odd()""";

    private static final String NULLABLE = """
            ALTER TABLE outbox DROP CONSTRAINT outbox_pkey;
            ALTER TABLE outbox ALTER id DROP NOT NULL, ALTER aggregatetype DROP NOT NULL, ALTER aggregateid DROP NOT NULL,
                ALTER type DROP NOT NULL, ALTER occurred_at DROP NOT NULL, ALTER xid DROP NOT NULL""";

    private static final String E_ACUTE = "\u00e9";
    private static final String SMILE = "\ud83d\ude42";
    private static final String CONTROL = "\u0001\t\n\r\u001b\u007f\u0085\u2028\ufeff";
    private static final String QUOTES = "'\";--\\ ${x} {aggregateType} %s \\x00";

    private static final List<String> TEXTS = List.of(
            "", " ", ".", "..", "a/b", "a.b", "a_b", CONTROL, QUOTES, SMILE, E_ACUTE.repeat(255), "x".repeat(255));

    private static final List<String> JSON = List.of(
            "null",
            "0",
            "-1e400",
            "\"\"",
            "\"\\u0000\\ud83d\\ude42\"",
            " { \"a\" : 1 ,\n\"a\":2 } ",
            "[".repeat(500) + "]".repeat(500),
            "\"" + SMILE.repeat(1_000) + "\"");

    private static final List<String> HEADERS = List.of(
            "null",
            "1",
            "[]",
            "{}",
            "{\"a\":null}",
            "{\"a\":1}",
            "{\"a\":{\"b\":[]}}",
            "{\"\":\"\"}",
            "{\"a\":\"b\",\"a\":\"c\"}",
            "{\"id\":\"forged\",\"eventType\":\"forged\",\"aggregateType\":\"forged\"}",
            "{\"outbox.dead-letter.reason\":\"forged\"}",
            "{\"" + SMILE + "\":\"" + E_ACUTE.repeat(2_000) + "\"}");

    private static final List<String> TIMES = List.of(
            "infinity",
            "-infinity",
            "4713-01-01 00:00:00+00 BC",
            "1969-12-31 23:59:59.999999+00",
            "1970-01-01 00:00:00+00",
            "294276-12-31 23:59:59.999999+00");

    private OddRows() {}

    static Fault garbage() {
        return Fault.named("data: garbage in every column").stream("on-record-error: dead-letter").stream(
                        "timestamp: occurred-at")
                .setup(target -> target.sql(TRIGGER))
                .inject(target -> {
                    for (Event odd : garbage(target)) {
                        target.load().commit(List.of(good(), odd, good()));
                    }
                })
                .end(target -> {
                    Contents.requireUnchanged(target);
                    requireReasons(target, Set.of("row", "timestamp", "topic"));
                })
                .build();
    }

    private static List<Event> garbage(Target target) {
        List<Event> odd = new ArrayList<>();
        for (String text : texts(target)) {
            odd.add(event(text, unique(), "changed.v1", "{}", null));
            odd.add(event("Order", text, "changed.v1", "{}", null));
            odd.add(event("Order", unique(), text, "{}", null));
        }
        JSON.forEach(json -> odd.add(event("Order", unique(), "changed.v1", json, null)));
        HEADERS.forEach(headers -> odd.add(event("Order", unique(), "changed.v1", "{}", headers)));
        TIMES.forEach(time -> odd.add(event("Order", unique(), set("occurred_at", time), "{}", null)));
        odd.add(event("Order", unique(), set("xid", "18446744073709551615"), "{}", null));
        return odd;
    }

    /** With some that nobody has thought of. */
    private static List<String> texts(Target target) {
        List<String> texts = new ArrayList<>(TEXTS);
        for (int i = 0; i < 3; i++) {
            StringBuilder random = new StringBuilder();
            target.random()
                    .ints(1 + target.random().nextInt(40), 1, Character.MIN_SURROGATE)
                    .forEach(random::appendCodePoint);
            texts.add(random.toString());
        }
        return texts;
    }

    static Fault nulls() {
        return Fault.named("data: NULL where allowed").stream("on-record-error: dead-letter").stream(
                        "null-payload: tombstone")
                .setup(target -> target.sql(NULLABLE + ";" + TRIGGER))
                .inject(OddRows::writeNulls)
                .end(target -> {
                    Contents.requireUnchanged(target);
                    requireReasons(target, Set.of("row"));
                })
                .build();
    }

    private static void writeNulls(Target target) {
        target.load().commit(List.of(good(), event("Order", unique(), "changed.v1", null, null), good()));
        for (String column : List.of("occurred_at", "xid", "aggregatetype", "aggregateid", "type")) {
            target.load().commit(List.of(good(), event("Order", unique(), set(column, null), "{}", null), good()));
        }
        Event nameless = event("Order", unique(), set("id", null), null, null);
        List<Event> committed =
                target.load().commit(List.of(good(), nameless, good())).events();
        target.truth().forbid(List.of(committed.get(1)));
        target.await(
                "the dead letter of an event without id",
                () -> target.reader().deadLetters().stream()
                        .anyMatch(letter -> Reader.text(letter.key()).equals(nameless.aggregateId())));
    }

    private static void requireReasons(Target target, Set<String> expected) {
        Set<String> found = new TreeSet<>();
        for (ConsumerRecord<byte[], byte[]> letter : target.reader().deadLetters()) {
            found.add(Contents.reason(letter));
        }
        if (!found.equals(expected)) {
            throw new AssertionError("expected dead letters for the reasons " + expected + ", found " + found);
        }
    }

    private static Event good() {
        return Event.of("Order", "among-odd-ones", "{}");
    }

    /** Nothing is said about the order of events of one aggregate in several topics. */
    private static String unique() {
        return UUID.randomUUID().toString();
    }

    private static Event event(
            String aggregateType, String aggregateId, String type, @Nullable String payload, @Nullable String headers) {
        return new Event(UUID.randomUUID(), aggregateType, aggregateId, type, payload, headers);
    }

    private static String set(String column, @Nullable String value) {
        return "set {\"" + column + "\":" + (value == null ? "null" : '"' + value + '"') + "}";
    }
}
