package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.Payloads;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Messages as a server sends them for the outbox table, in the manual's words and order. */
public final class PgOutputSamples {

    /** The table's OID. */
    public static final int RELATION_ID = 16_385;

    private static final int PAYLOAD = 4;
    private static final int PAYLOAD_BYTES = 200;
    private static final List<String> NAMES =
            List.of("id", "aggregatetype", "aggregateid", "type", "payload", "headers", "occurred_at", "xid");
    private static final int[] TYPES = {2950, 1043, 1043, 1043, 114, 114, 1184, 5069};
    private static final String OCCURRED_AT = "2026-03-01 12:00:00.123456+00";

    private PgOutputSamples() {}

    /** A Relation message. */
    public static ByteBuffer relation() {
        return message(out -> {
            out.writeByte('R');
            out.writeInt(RELATION_ID);
            string(out, "public");
            string(out, "outbox");
            out.writeByte('d');
            out.writeShort(NAMES.size());
            for (int column = 0; column < NAMES.size(); column++) {
                out.writeByte(column == 0 ? 1 : 0);
                string(out, NAMES.get(column));
                out.writeInt(TYPES[column]);
                out.writeInt(-1);
            }
        });
    }

    /** Insert messages, all different. */
    public static List<ByteBuffer> inserts() {
        List<byte[]> payloads = Payloads.of(PAYLOAD_BYTES);
        return IntStream.range(0, payloads.size())
                .mapToObj(number -> insert(number, payloads.get(number)))
                .toList();
    }

    private static ByteBuffer insert(int number, byte[] payload) {
        List<String> values = List.of(
                UUID.randomUUID().toString(),
                "Order",
                Integer.toString(number),
                "order.shipped.v1",
                "",
                "",
                OCCURRED_AT,
                Integer.toString(700 + number));
        return message(out -> {
            out.writeByte('I');
            out.writeInt(RELATION_ID);
            out.writeByte('N');
            out.writeShort(values.size());
            for (int column = 0; column < values.size(); column++) {
                if (NAMES.get(column).equals("headers")) {
                    out.writeByte('n');
                    continue;
                }
                byte[] value = column == PAYLOAD ? payload : values.get(column).getBytes(StandardCharsets.UTF_8);
                out.writeByte('t');
                out.writeInt(value.length);
                out.write(value);
            }
        });
    }

    private interface Content {

        void write(DataOutputStream out) throws IOException;
    }

    private static ByteBuffer message(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            content.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }
}
