package dev.outbox.relay.pgoutput;

import static dev.outbox.relay.pgoutput.MessageBytes.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever isn't one whole message is refused, with a sentence that says where and why. */
class MalformedMessageTest {

    private final PgOutputDecoder decoder = new PgOutputDecoder();

    static Stream<Arguments> samples() {
        return Samples.all().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void a_sample_is_decoded(String name, byte[] sample) {
        assertThat(decoder.decode(ByteBuffer.wrap(sample))).as(name).isNotNull();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void every_prefix_of_a_message_is_refused(String name, byte[] sample) {
        for (int length = 0; length < sample.length; length++) {
            assertMalformed(name + " cut to " + length, ByteBuffer.wrap(Arrays.copyOf(sample, length)));
            assertMalformed(name + " with its limit at " + length, ByteBuffer.wrap(sample, 0, length));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void a_message_with_bytes_left_over_is_refused(String name, byte[] sample) {
        for (int extra = 1; extra <= 16; extra++) {
            byte[] longer = Arrays.copyOf(sample, sample.length + extra);
            assertMalformed(name + " and " + extra + " zero bytes", ByteBuffer.wrap(longer));
            Arrays.fill(longer, sample.length, longer.length, (byte) 'n');
            assertMalformed(name + " and " + extra + " times n", ByteBuffer.wrap(longer));
        }
    }

    @Test
    void every_other_type_byte_is_refused() {
        for (int type = 0; type < 256; type++) {
            if ("BMCORYIUDT".indexOf(type) < 0) {
                assertMalformed(
                        "type " + type,
                        message((char) type).int32(1).int8('N').int16(0).toBuffer());
            }
        }
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(
                        message('S').int32(1).int8(1),
                        "message: type at offset 0: expected one of B M C O R Y I U D T (is the stream's"
                                + " proto_version 1?), found 'S' (0x53)"),
                Arguments.of(
                        message('B').int64(1).int64(2).int16(3),
                        "Begin: xid at offset 17: expected 4 bytes, found 2 before the message's end"),
                Arguments.of(
                        message('B').int64(0).int64(2).int32(3),
                        "Begin: commit LSN at offset 1: expected an LSN, found 0/0"),
                Arguments.of(
                        message('C').int8(1).int64(1).int64(2).int64(3),
                        "Commit: flags at offset 1: expected 0, found 0x01"),
                Arguments.of(
                        message('C').int8(0).int64(1).int64(2).int64(3).int8(0),
                        "Commit: end at offset 26: expected no more bytes, found 1 more"),
                Arguments.of(
                        message('M').int8(0).int64(1).string("p").int32(-1),
                        "Message: length of the content at offset 12: expected 0 to 0 (the bytes that remain),"
                                + " found -1"),
                Arguments.of(
                        message('O').int64(1).hex("6E6F6465"),
                        "Origin: name at offset 9: expected a string that ends in a zero byte, found none in 4 bytes"),
                Arguments.of(
                        message('Y').int32(1).string("public").hex("FF00"),
                        "Type: name at offset 12: expected a UTF-8 string, found other bytes"),
                Arguments.of(
                        message('R')
                                .int32(1)
                                .string("s")
                                .string("t")
                                .int8('d')
                                .int16(2)
                                .hex("00610000000000000000"),
                        "Relation: number of columns at offset 10: expected 0 to 1 (in 10 bytes), found 2"),
                Arguments.of(
                        message('I').int32(1).int8('K').int16(0),
                        "Insert: tuple at offset 5: expected 'N', found 'K' (0x4B)"),
                Arguments.of(
                        message('I').int32(1).int8('N').int16(65535).int32(0),
                        "Insert: number of columns at offset 6: expected 0 to 4 (in 4 bytes), found 65535"),
                Arguments.of(
                        message('I').int32(1).int8('N').int16(2).nullColumn().int8('x'),
                        "Insert: new tuple, kind of column 1 at offset 9: expected one of 'n' 'u' 't' 'b', found"
                                + " 'x' (0x78)"),
                Arguments.of(
                        message('I').int32(1).int8('N').int16(2).text("abcde"),
                        "Insert: new tuple, kind of column 1 at offset 18: expected one of 'n' 'u' 't' 'b', found"
                                + " the message's end"),
                Arguments.of(
                        message('I')
                                .int32(1)
                                .int8('N')
                                .int16(1)
                                .int8('t')
                                .int32(Integer.MAX_VALUE)
                                .int8(0),
                        "Insert: new tuple, length of column 0 at offset 9: expected 0 to 1 (the bytes that"
                                + " remain), found 2147483647"),
                Arguments.of(
                        message('I').int32(1).int8('N').int16(1).int8('b').int16(0),
                        "Insert: new tuple, length of column 0 at offset 9: expected 4 bytes, found 2 before the"
                                + " message's end"),
                Arguments.of(
                        message('U').int32(1).int8('K').int16(0).int8('O').int16(0),
                        "Update: tuple at offset 8: expected 'N', found 'O' (0x4F)"),
                Arguments.of(
                        message('U').int32(1).int8(0).int16(0),
                        "Update: tuple at offset 5: expected 'K', 'O' or 'N', found 0x00"),
                Arguments.of(
                        message('D').int32(1).int8('N').int16(0),
                        "Delete: tuple at offset 5: expected 'K' or 'O', found 'N' (0x4E)"),
                Arguments.of(
                        message('T').int32(-1).int8(0),
                        "Truncate: number of relations at offset 1: expected 0 to 0 (in 1 bytes), found -1"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("errors")
    void the_error_says_message_field_offset_expected_and_found(MessageBytes bytes, String error) {
        assertThatThrownBy(() -> decoder.decode(bytes.toBuffer()))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Malformed " + error);
    }

    @Test
    void offsets_count_from_the_type_byte_wherever_the_message_lies() {
        ByteBuffer shifted =
                ByteBuffer.wrap(new byte[40], 30, 3).put((byte) 'B').position(30);
        assertThatThrownBy(() -> decoder.decode(shifted))
                .hasMessage(
                        "Malformed Begin: commit LSN at offset 1: expected 8 bytes, found 2 before the message's end");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE - 4, 5})
    void a_length_that_is_not_there_is_refused_wherever_it_stands(long length) {
        assertMalformed(
                "column",
                message('I')
                        .int32(1)
                        .int8('N')
                        .int16(1)
                        .int8('t')
                        .int32(length)
                        .int32(0)
                        .toBuffer());
        assertMalformed(
                "content",
                message('M').int8(1).int64(1).string("p").int32(length).int32(0).toBuffer());
        assertMalformed("relations", message('T').int32(length).int8(0).int32(0).toBuffer());
    }

    @Test
    void a_count_allocates_no_more_than_its_bytes_would_need() {
        Map<String, byte[]> hostile = Map.of(
                "tuple",
                        message('I')
                                .int32(1)
                                .int8('N')
                                .int16(32767)
                                .nullColumn()
                                .toBytes(),
                "old tuple",
                        message('D')
                                .int32(1)
                                .int8('O')
                                .int16(65535)
                                .nullColumn()
                                .toBytes(),
                "relation",
                        message('R')
                                .int32(1)
                                .string("")
                                .string("")
                                .int8('d')
                                .int16(65535)
                                .int64(0)
                                .toBytes(),
                "content",
                        message('M')
                                .int8(1)
                                .int64(1)
                                .string("")
                                .int32(Integer.MAX_VALUE)
                                .toBytes(),
                "column",
                        message('I')
                                .int32(1)
                                .int8('N')
                                .int16(1)
                                .int8('t')
                                .int32(1 << 30)
                                .toBytes(),
                "truncate",
                        message('T').int32(Integer.MAX_VALUE).int8(0).int32(1).toBytes());
        hostile.forEach((name, bytes) -> {
            assertMalformed(name, ByteBuffer.wrap(bytes));
            assertThat(allocatedBy(() -> assertMalformed(name, ByteBuffer.wrap(bytes))))
                    .as(name)
                    .isLessThan(32 * 1024);
        });
    }

    private void assertMalformed(String what, ByteBuffer bytes) {
        try {
            PgOutputMessage decoded = decoder.decode(bytes);
            throw new AssertionError(what + " was decoded, as " + decoded);
        } catch (MalformedMessageException e) {
            assertThat(e).as(what).hasMessageStartingWith("Malformed ").hasNoCause();
        }
    }

    private static long allocatedBy(Runnable action) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        action.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
