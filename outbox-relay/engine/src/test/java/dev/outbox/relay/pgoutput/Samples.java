package dev.outbox.relay.pgoutput;

import static dev.outbox.relay.pgoutput.MessageBytes.message;

import java.util.LinkedHashMap;
import java.util.Map;

/** Valid messages of every type and variant, by what is special about them. */
final class Samples {

    private Samples() {}

    static Map<String, byte[]> all() {
        Map<String, MessageBytes> samples = new LinkedHashMap<>();
        samples.put(
                "Begin",
                message('B').int64(0x16_B374D848L).int64(815_000_000_123_456L).int32(742));
        samples.put(
                "Begin at the upper limits",
                message('B').int64(-1).int64(Long.MAX_VALUE).int32(0xFFFFFFFFL));
        samples.put(
                "Message",
                message('M')
                        .int8(1)
                        .int64(0x1_00000028L)
                        .string("outbox")
                        .int32(3)
                        .hex("00FF7B"));
        samples.put(
                "Message without prefix and content",
                message('M').int8(0).int64(1).string("").int32(0));
        samples.put(
                "Commit",
                message('C').int8(0).int64(0x16_B374D848L).int64(0x16_B374D878L).int64(-1));
        samples.put("Origin", message('O').int64(0x2_0000ABCDL).string("node_ä"));
        samples.put("Relation", relation());
        samples.put(
                "Relation without columns",
                message('R').int32(0xFFFFFFFFL).string("").string("t").int8('n').int16(0));
        samples.put("Type", message('Y').int32(0x80000001L).string("public").string("mood\uD83D\uDE42"));
        samples.put("Insert", insert());
        samples.put("Insert without columns", message('I').int32(1).int8('N').int16(0));
        samples.put(
                "Insert of a long value",
                message('I').int32(1).int8('N').int16(2).text("x".repeat(700)).text(""));
        samples.put(
                "Update", message('U').int32(16385).int8('N').int16(2).text("1").unchangedToast());
        samples.put(
                "Update with key",
                message('U')
                        .int32(16385)
                        .int8('K')
                        .int16(2)
                        .text("1")
                        .nullColumn()
                        .int8('N')
                        .int16(2)
                        .text("2")
                        .nullColumn());
        samples.put(
                "Update with old tuple",
                message('U')
                        .int32(16385)
                        .int8('O')
                        .int16(1)
                        .binary("CAFE")
                        .int8('N')
                        .int16(1)
                        .binary(""));
        samples.put(
                "Delete with key",
                message('D').int32(16385).int8('K').int16(2).text("1").nullColumn());
        samples.put(
                "Delete with old tuple",
                message('D').int32(16385).int8('O').int16(2).text("1").text("käse"));
        samples.put("Truncate", message('T').int32(2).int8(3).int32(16385).int32(0xFFFFFFFFL));
        samples.put("Truncate of nothing", message('T').int32(0).int8(0));
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        samples.forEach((name, message) -> bytes.put(name, message.toBytes()));
        return bytes;
    }

    static MessageBytes relation() {
        return message('R')
                .int32(16385)
                .string("public")
                .string("outbox\uD83D\uDCE6")
                .int8('d')
                .int16(2)
                .int8(1)
                .string("id")
                .int32(2950)
                .int32(-1)
                .int8(0)
                .string("type")
                .int32(1043)
                .int32(259);
    }

    /** Every kind of column, and an empty value beside a NULL. */
    static MessageBytes insert() {
        return message('I')
                .int32(16385)
                .int8('N')
                .int16(5)
                .text("grüße \uD83D\uDE42")
                .nullColumn()
                .unchangedToast()
                .binary("0001FF")
                .text("");
    }
}
