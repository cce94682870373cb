package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What happens to the outbox table. */
final class SchemaFaults {

    private static final String EVENT =
            " FROM (VALUES (?::uuid, ?, ?, ?, ?::json, ?::json)) AS event (i, a, k, t, p, h)";
    private static final String WITHOUT_HEADERS =
            "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at) SELECT i, a, k, t, p, now()"
                    + EVENT;
    private static final List<String> NEW_COLUMNS =
            List.of("added text", "added text NOT NULL DEFAULT 'new'", "added timestamptz DEFAULT clock_timestamp()");
    private static final List<String> NEW_TYPES = List.of(
            "payload TYPE jsonb USING payload::jsonb",
            "payload TYPE text",
            "payload TYPE json USING payload::json",
            "aggregateid TYPE text",
            "aggregateid TYPE varchar(100)",
            "id TYPE uuid USING id::text::uuid");

    private SchemaFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("schema: column added")
                        .inject(target -> target.sql("ALTER TABLE outbox ADD COLUMN " + one(target, NEW_COLUMNS)))
                        .tidy(target -> target.sql("ALTER TABLE outbox DROP COLUMN added"))
                        .noDuplicates()
                        .build(),
                Fault.named("schema: optional column dropped")
                        .inject(SchemaFaults::dropHeaders)
                        .tidy(SchemaFaults::addHeaders)
                        .noDuplicates()
                        .build(),
                Fault.named("schema: optional column renamed")
                        .inject(SchemaFaults::renameOccurredAt)
                        .tidy(SchemaFaults::takeNameBack)
                        .noDuplicates()
                        .build(),
                Fault.named("schema: column retyped")
                        .inject(target -> target.sql("ALTER TABLE outbox ALTER COLUMN " + one(target, NEW_TYPES)))
                        .noDuplicates()
                        .build(),
                Fault.named("schema: required column renamed").expects(Expected.FAILS_UNTIL_MENDED).stream(
                                "columns: { payload: payload }")
                        .inject(SchemaFaults::renamePayload)
                        .heal(SchemaFaults::nameThePayload)
                        .build(),
                Fault.named("schema: required column dropped")
                        .expects(Expected.FAILS_UNTIL_MENDED)
                        .inject(SchemaFaults::dropType)
                        .heal(SchemaFaults::addType)
                        .build(),
                Fault.named("schema: rows written without a required column")
                        // Between two looks of the FAILED stream, adopt needs the slot.
                        .stream("retry: { first-delay: 100ms, longest-delay: 1s }")
                        .expects(Expected.FAILS_UNTIL_MENDED)
                        .inject(SchemaFaults::writeRowWithoutType)
                        .heal(SchemaFaults::leaveRowOut)
                        .build(),
                hurtRows("TRUNCATE", "TRUNCATE outbox"),
                hurtRows("UPDATE", "UPDATE outbox SET id = gen_random_uuid(), aggregateid = 'updated', payload = '{}'"),
                hurtRows("DELETE", "DELETE FROM outbox"));
    }

    private static String one(Target target, List<String> of) {
        return of.get(target.random().nextInt(of.size()));
    }

    private static void dropHeaders(Target target) {
        target.load().insertBy(WITHOUT_HEADERS);
        target.sql("ALTER TABLE outbox DROP COLUMN headers");
    }

    private static void addHeaders(Target target) {
        target.sql("ALTER TABLE outbox ADD COLUMN headers json");
        target.load().insertBy(Writer.INSERT);
    }

    private static void renameOccurredAt(Target target) {
        target.sql("ALTER TABLE outbox RENAME COLUMN occurred_at TO happened_at");
        target.load().insertBy(Writer.INSERT.replace("occurred_at", "happened_at"));
    }

    private static void takeNameBack(Target target) {
        target.sql("ALTER TABLE outbox RENAME COLUMN happened_at TO occurred_at");
        target.load().insertBy(Writer.INSERT);
    }

    /** A new version of the application writes the new name. */
    private static void renamePayload(Target target) {
        String now = payload(target);
        String next = now.equals("payload") ? "body" : "payload";
        target.sql("ALTER TABLE outbox RENAME COLUMN " + now + " TO " + next);
        target.load().insertBy(Writer.INSERT.replace("payload", next));
    }

    private static String payload(Target target) {
        return target.query("SELECT attname FROM pg_attribute WHERE attrelid = 'outbox'::regclass AND attname IN"
                + " ('payload', 'body')");
    }

    private static void nameThePayload(Target target) throws IOException {
        String yaml = Files.readString(target.config());
        Files.writeString(
                target.config(), yaml.replaceFirst("columns: .*", "columns: { payload: " + payload(target) + " }"));
        target.relay().terminate();
        target.startRelay();
    }

    /** No event can be written any more, so it is a reconnect that finds it. */
    private static void dropType(Target target) {
        target.sql("ALTER TABLE outbox DROP COLUMN type");
        target.postgresLink().reset();
    }

    private static void addType(Target target) {
        target.sql("ALTER TABLE outbox ADD COLUMN type varchar(255)");
    }

    private static void writeRowWithoutType(Target target) {
        target.sql("ALTER TABLE outbox DROP COLUMN type");
        target.sql("INSERT INTO outbox (id, aggregatetype, aggregateid, payload, occurred_at)"
                + " VALUES (gen_random_uuid(), 'Order', 'no-type', '{}', now())");
    }

    /** It is the only one since the column has gone, so the slot is taken past it before anything else can be written. */
    private static void leaveRowOut(Target target) {
        String behind = target.query("SELECT pg_current_wal_insert_lsn()");
        target.await(
                "the slot to be free",
                () -> target.query("SELECT count(pg_replication_slot_advance(slot_name, '"
                                + behind + "')) FROM pg_replication_slots WHERE slot_name = '" + target.name()
                                + "' AND NOT active")
                        .equals("1"));
        addType(target);
        Adopt.accept(target.config(), target.name());
    }

    /** The publication sends what happens to rows as well: none of it is an event. */
    private static Fault hurtRows(String name, String sql) {
        return Fault.named("schema: " + name + " of the table")
                .setup(target -> target.sql("CREATE PUBLICATION outbox FOR TABLE outbox"))
                .inject(target -> target.sql(sql))
                .noDuplicates()
                .build();
    }
}
