package dev.outbox.relay.pgoutput;

import static dev.outbox.relay.pgoutput.MessageBytes.message;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import dev.outbox.relay.pgoutput.PgOutputMessage.Commit;
import dev.outbox.relay.pgoutput.PgOutputMessage.Delete;
import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import dev.outbox.relay.pgoutput.PgOutputMessage.Message;
import dev.outbox.relay.pgoutput.PgOutputMessage.Origin;
import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import dev.outbox.relay.pgoutput.PgOutputMessage.Truncate;
import dev.outbox.relay.pgoutput.PgOutputMessage.Update;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes in, record out. */
class PgOutputDecoderTest {

    private final PgOutputDecoder decoder = new PgOutputDecoder();

    @Test
    void begin() {
        Begin begin = (Begin)
                decode(message('B').int64(0x16_B374D848L).int64(1_500_000L).int32(742));
        assertThat(begin).isEqualTo(new Begin(LogSequenceNumber.parse("16/B374D848"), 1_500_000L, 742));
        assertThat(begin.commitInstant()).isEqualTo(Instant.parse("2000-01-01T00:00:01.500Z"));
        assertThat(begin.commitUnixMillis()).isEqualTo(946_684_801_500L);
    }

    @Test
    void begin_at_the_upper_limits() {
        Begin begin =
                (Begin) decode(message('B').int64(-1).int64(Long.MAX_VALUE).int32(0xFFFFFFFFL));
        assertThat(begin.commitLsn()).hasToString("FFFFFFFF/FFFFFFFF");
        assertThat(begin.xid()).isEqualTo(4_294_967_295L);
        assertThat(begin.commitInstant()).isEqualTo(Instant.parse("+294277-01-09T04:00:54.775807Z"));
    }

    @Test
    void a_timestamp_before_2000_is_rounded_down() {
        Begin begin = (Begin) decode(message('B').int64(1).int64(-1).int32(3));
        assertThat(begin.commitInstant()).isEqualTo(Instant.parse("1999-12-31T23:59:59.999999Z"));
        assertThat(begin.commitUnixMillis()).isEqualTo(946_684_799_999L);
    }

    @Test
    void logical_decoding_message() {
        Message message = (Message) decode(message('M')
                .int8(1)
                .int64(0x1_00000028L)
                .string("préfix")
                .int32(3)
                .hex("00FF7B"));
        assertThat(message.flags()).isEqualTo(1);
        assertThat(message.isTransactional()).isTrue();
        assertThat(message.lsn()).hasToString("1/28");
        assertThat(message.prefix()).isEqualTo("préfix");
        assertThat(message.copyContent()).containsExactly(0x00, 0xFF, 0x7B);
        assertThat(message.content()).isEqualTo(ByteBuffer.wrap(new byte[] {0, (byte) 0xFF, 0x7B}));
    }

    @Test
    void a_reader_of_a_messages_content_cannot_change_it_for_another() {
        Message message = (Message)
                decode(message('M').int8(1).int64(1).string("p").int32(2).hex("0102"));
        message.content().get();
        assertThat(message.content().remaining()).isEqualTo(2);
        assertThat(message.content().isReadOnly()).isTrue();
    }

    @Test
    void logical_decoding_message_without_transaction_prefix_and_content() {
        Message message =
                (Message) decode(message('M').int8(0).int64(1).string("").int32(0));
        assertThat(message.isTransactional()).isFalse();
        assertThat(message.prefix()).isEmpty();
        assertThat(message.copyContent()).isEmpty();
    }

    @Test
    void commit() {
        Commit commit = (Commit) decode(message('C').int8(0).int64(-3).int64(-2).int64(-1));
        assertThat(commit).isEqualTo(new Commit(0, new LogSequenceNumber(-3), new LogSequenceNumber(-2), -1));
        assertThat(commit.commitInstant()).isEqualTo(Instant.parse("1999-12-31T23:59:59.999999Z"));
    }

    @Test
    void origin() {
        assertThat(decode(message('O').int64(0x2_0000ABCDL).string("node_ä")))
                .isEqualTo(new Origin(LogSequenceNumber.parse("2/ABCD"), "node_ä"));
    }

    @Test
    void relation() {
        Relation relation = (Relation) decode(Samples.relation());
        assertThat(relation)
                .isEqualTo(new Relation(
                        16385,
                        "public",
                        "outbox\uD83D\uDCE6",
                        'd',
                        List.of(new Relation.Column(1, "id", 2950, -1), new Relation.Column(0, "type", 1043, 259))));
        assertThat(relation.columns()).extracting(Relation.Column::isKey).containsExactly(true, false);
    }

    @Test
    void relation_with_the_highest_oid_in_pg_catalog_and_no_columns() {
        assertThat(decode(message('R')
                        .int32(0xFFFFFFFFL)
                        .string("")
                        .string("t")
                        .int8('n')
                        .int16(0)))
                .isEqualTo(new Relation(4_294_967_295L, "", "t", 'n', List.of()));
    }

    @Test
    void type() {
        assertThat(decode(message('Y').int32(0x80000001L).string("public").string("mood\uD83D\uDE42")))
                .isEqualTo(new PgOutputMessage.Type(2_147_483_649L, "public", "mood\uD83D\uDE42"));
    }

    @Test
    void insert() {
        Insert insert = (Insert) decode(Samples.insert());
        assertThat(insert.relationId()).isEqualTo(16385);
        assertThat(insert.newTuple()).hasToString("TupleData[t12 n u b3 t0]");
    }

    @Test
    void insert_without_columns() {
        Insert insert = (Insert) decode(message('I').int32(1).int8('N').int16(0));
        assertThat(insert.newTuple().columnCount()).isZero();
    }

    @Test
    void insert_with_more_columns_than_a_signed_int16_counts() {
        MessageBytes bytes = message('I').int32(1).int8('N').int16(40_000);
        for (int i = 0; i < 39_999; i++) {
            bytes.nullColumn();
        }
        TupleData tuple = ((Insert) decode(bytes.text("last"))).newTuple();
        assertThat(tuple.columnCount()).isEqualTo(40_000);
        assertThat(tuple.text(39_999)).isEqualTo("last");
    }

    @Test
    void update_of_other_columns_than_the_keys() {
        Update update = (Update)
                decode(message('U').int32(0xFFFFFFFEL).int8('N').int16(1).text("new"));
        assertThat(update.relationId()).isEqualTo(4_294_967_294L);
        assertThat(update.key()).isNull();
        assertThat(update.oldTuple()).isNull();
        assertThat(update.newTuple().text(0)).isEqualTo("new");
    }

    @Test
    void update_of_the_key() {
        Update update = (Update) decode(message('U')
                .int32(7)
                .int8('K')
                .int16(1)
                .text("old")
                .int8('N')
                .int16(1)
                .text("new"));
        assertThat(requireNonNull(update.key()).text(0)).isEqualTo("old");
        assertThat(update.oldTuple()).isNull();
        assertThat(update.newTuple().text(0)).isEqualTo("new");
    }

    @Test
    void update_with_the_old_tuple() {
        Update update = (Update) decode(message('U')
                .int32(7)
                .int8('O')
                .int16(2)
                .text("old")
                .nullColumn()
                .int8('N')
                .int16(2)
                .unchangedToast()
                .binary("01"));
        assertThat(update.key()).isNull();
        assertThat(update.oldTuple()).hasToString("TupleData[t3 n]");
        assertThat(update.newTuple()).hasToString("TupleData[u b1]");
    }

    @Test
    void delete_by_key() {
        Delete delete = (Delete) decode(message('D').int32(7).int8('K').int16(1).text("old"));
        assertThat(delete.relationId()).isEqualTo(7);
        assertThat(requireNonNull(delete.key()).text(0)).isEqualTo("old");
        assertThat(delete.oldTuple()).isNull();
    }

    @Test
    void delete_with_the_old_tuple() {
        Delete delete = (Delete) decode(message('D').int32(7).int8('O').int16(1).text("old"));
        assertThat(delete.key()).isNull();
        assertThat(requireNonNull(delete.oldTuple()).text(0)).isEqualTo("old");
    }

    @Test
    void truncate() {
        assertThat(decode(message('T').int32(2).int8(0).int32(16385).int32(0xFFFFFFFFL)))
                .isEqualTo(new Truncate(0, List.of(16385L, 4_294_967_295L)));
        assertThat(options(0)).containsExactly(false, false);
        assertThat(options(1)).containsExactly(true, false);
        assertThat(options(2)).containsExactly(false, true);
        assertThat(options(3)).containsExactly(true, true);
    }

    private List<Boolean> options(int bits) {
        Truncate truncate = (Truncate) decode(message('T').int32(0).int8(bits));
        return List.of(truncate.isCascade(), truncate.isRestartIdentity());
    }

    @Test
    void a_message_inside_a_larger_array_is_read_from_the_buffers_position_to_its_limit() {
        byte[] sample = Samples.insert().toBytes();
        byte[] larger = new byte[sample.length + 20];
        Arrays.fill(larger, (byte) 'X');
        System.arraycopy(sample, 0, larger, 7, sample.length);
        ByteBuffer slice = ByteBuffer.wrap(larger, 4, sample.length + 10).slice();
        slice.position(3).limit(3 + sample.length).order(ByteOrder.LITTLE_ENDIAN);

        Insert insert = (Insert) decoder.decode(slice);

        assertThat(insert.relationId()).isEqualTo(16385);
        assertThat(insert.newTuple().array()).isSameAs(larger);
        assertThat(insert.newTuple().text(0)).isEqualTo("grüße \uD83D\uDE42");
        assertThat(slice.position()).isEqualTo(3);
        assertThat(slice.limit()).isEqualTo(3 + sample.length);
        assertThat(slice.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void a_direct_or_read_only_buffer_is_copied() {
        byte[] sample = Samples.insert().toBytes();
        ByteBuffer direct = ByteBuffer.allocateDirect(sample.length + 2)
                .put((byte) 'X')
                .put(sample)
                .flip();
        direct.position(1);
        for (ByteBuffer buffer : List.of(direct, ByteBuffer.wrap(sample).asReadOnlyBuffer())) {
            int position = buffer.position();
            Insert insert = (Insert) decoder.decode(buffer);
            assertThat(insert.newTuple().text(0)).isEqualTo("grüße \uD83D\uDE42");
            assertThat(insert.newTuple().array()).isNotSameAs(sample);
            assertThat(buffer.position()).isEqualTo(position);
        }
    }

    @Test
    void no_text_form_holds_content() {
        assertThat(decode(message('M').int8(1).int64(1).string("p").int32(6).hex("736563726574"))
                        .toString())
                .doesNotContain("secret")
                .doesNotContain("115");
        assertThat(decode(message('I').int32(1).int8('N').int16(1).text("secret"))
                        .toString())
                .doesNotContain("secret");
    }

    private PgOutputMessage decode(MessageBytes bytes) {
        return decoder.decode(bytes.toBuffer());
    }
}
