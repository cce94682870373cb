package dev.outbox.relay.pgoutput;

import static dev.outbox.relay.pgoutput.MessageBytes.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TupleDataTest {

    private final TupleData tuple = tupleOf(Samples.insert());

    @Test
    void tells_the_kinds_apart() {
        assertThat(tuple.columnCount()).isEqualTo(5);
        assertThat(kinds(tuple)).isEqualTo("tnubt");
        assertThat(tuple.isNull(1)).isTrue();
        assertThat(tuple.isNull(2)).as("an unchanged TOASTed value is not NULL").isFalse();
        assertThat(tuple.isNull(4)).as("an empty value is not NULL").isFalse();
        assertThat(tuple.hasValue(1)).isFalse();
        assertThat(tuple.hasValue(2)).isFalse();
        assertThat(tuple.hasValue(3)).isTrue();
        assertThat(tuple.hasValue(4)).isTrue();
    }

    @Test
    void gives_values_as_text_and_as_bytes() {
        assertThat(tuple.text(0)).isEqualTo("grüße \uD83D\uDE42");
        assertThat(tuple.copy(0)).isEqualTo("grüße \uD83D\uDE42".getBytes(StandardCharsets.UTF_8));
        assertThat(tuple.copy(3)).containsExactly(0x00, 0x01, 0xFF);
        assertThat(tuple.text(4)).isEmpty();
        assertThat(tuple.copy(4)).isEmpty();
    }

    @Test
    void gives_lengths_and_places_without_copying() {
        byte[] bytes = Samples.insert().toBytes();
        TupleData shared = ((Insert) new PgOutputDecoder().decode(ByteBuffer.wrap(bytes))).newTuple();
        assertThat(shared.array()).isSameAs(bytes);
        assertThat(shared.length(0)).isEqualTo(12);
        assertThat(shared.length(1)).isZero();
        assertThat(shared.length(2)).isZero();
        assertThat(shared.length(4)).isZero();
        assertThat(new String(bytes, shared.offset(0), shared.length(0), StandardCharsets.UTF_8))
                .isEqualTo("grüße \uD83D\uDE42");
    }

    /** One byte each side of what two bytes can say, and far beyond; wherever in its buffer the message begins. */
    @ParameterizedTest
    @ValueSource(ints = {65_534, 65_535, 65_536, 65_537, 3_000_000})
    void finds_the_columns_of_messages_of_any_length(int messageLength) {
        int others = 1 + 4 + 1 + 2 + (5 + 5) + 5 + 1 + (5 + 4);
        String large = "x".repeat(messageLength - others);
        byte[] bytes = message('I')
                .int32(1)
                .int8('N')
                .int16(4)
                .text("first")
                .text(large)
                .nullColumn()
                .text("last")
                .toBytes();
        assertThat(bytes).hasSize(messageLength);
        byte[] buffer = new byte[bytes.length + 70_000];
        for (int start : new int[] {0, 1, 70_000}) {
            System.arraycopy(bytes, 0, buffer, start, bytes.length);
            TupleData found =
                    ((Insert) new PgOutputDecoder().decode(ByteBuffer.wrap(buffer, start, bytes.length))).newTuple();
            assertThat(found).hasToString("TupleData[t5 t" + large.length() + " n t4]");
            assertThat(found.text(0)).isEqualTo("first");
            assertThat(found.text(1)).isEqualTo(large);
            assertThat(found.isNull(2)).isTrue();
            assertThat(found.text(3)).isEqualTo("last");
            assertThatThrownBy(() -> found.kind(4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> found.kind(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void a_copy_outlives_the_buffer() {
        byte[] bytes = Samples.insert().toBytes();
        TupleData shared = ((Insert) new PgOutputDecoder().decode(ByteBuffer.wrap(bytes))).newTuple();
        byte[] copy = shared.copy(3);
        Arrays.fill(bytes, (byte) 0);
        assertThat(copy).containsExactly(0x00, 0x01, 0xFF);
    }

    @Test
    void compares_values_by_their_bytes() {
        assertThat(tuple.contentEquals(3, new byte[] {0, 1, (byte) 0xFF})).isTrue();
        assertThat(tuple.contentEquals(3, new byte[] {0, 1})).isFalse();
        assertThat(tuple.contentEquals(3, new byte[] {0, 1, (byte) 0xFF, 0})).isFalse();
        assertThat(tuple.contentEquals(4, new byte[0])).isTrue();
    }

    @Test
    void a_value_that_was_not_sent_cannot_be_taken_by_mistake() {
        assertThatThrownBy(() -> tuple.copy(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Column 1 has no value: it is NULL");
        assertThatThrownBy(() -> tuple.text(2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Column 2 has no value: it is an unchanged TOASTed value");
        assertThatThrownBy(() -> tuple.offset(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tuple.contentEquals(2, new byte[0])).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void a_column_out_of_range_is_refused(int column) {
        assertThatThrownBy(() -> tuple.kind(column)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tuple.copy(column)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** A lone continuation byte, an overlong slash, a surrogate, a value past U+10FFFF, a cut sequence. */
    @ParameterizedTest
    @ValueSource(strings = {"80", "C0AF", "EDA080", "F4908080", "61E282"})
    void text_that_is_not_utf_8_is_malformed_but_its_bytes_can_be_had(String hex) {
        byte[] value = HexFormat.of().parseHex(hex);
        MessageBytes insert = message('I').int32(1).int8('N').int16(2).nullColumn();
        TupleData broken = tupleOf(insert.int8('t').int32(value.length).hex(hex));
        assertThatThrownBy(() -> broken.text(1))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Malformed TupleData: column 1 at offset 14: expected UTF-8 text, found other bytes");
        assertThat(broken.copy(1)).isEqualTo(value);
    }

    @Test
    void a_replacement_character_that_was_sent_is_text() {
        assertThat(tupleOf(message('I').int32(1).int8('N').int16(1).text("a\uFFFDb"))
                        .text(0))
                .isEqualTo("a\uFFFDb");
    }

    @Test
    void its_text_form_holds_no_values() {
        assertThat(tuple).hasToString("TupleData[t12 n u b3 t0]");
    }

    private static TupleData tupleOf(MessageBytes insert) {
        return ((Insert) new PgOutputDecoder().decode(insert.toBuffer())).newTuple();
    }

    private static String kinds(TupleData tuple) {
        StringBuilder kinds = new StringBuilder();
        for (int i = 0; i < tuple.columnCount(); i++) {
            kinds.append(tuple.kind(i));
        }
        return kinds.toString();
    }
}
