package dev.outbox.relay.pgoutput;

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
import dev.outbox.relay.pgoutput.ServerCapture.Captured;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** What a real server sends is decoded to what was done there. */
class PgOutputFromServerTest {

    private static final String ITEM =
            "CREATE TABLE item (id bigint PRIMARY KEY, name varchar(40), data bytea, big text);"
                    + " ALTER TABLE item ALTER big SET STORAGE EXTERNAL";
    private static final String FULL_ITEM =
            "CREATE TABLE full_item (id int, note text); ALTER TABLE full_item REPLICA IDENTITY FULL";
    private static final String PUBLICATION = "CREATE PUBLICATION p FOR ALL TABLES";

    private static PostgresServer server;

    private final PgOutputDecoder decoder = new PgOutputDecoder();

    @BeforeAll
    static void startServer() {
        // A database a test: without fsync, since nothing here is about durability.
        server = PostgresServer.start(Map.of("track_commit_timestamp", "on", "fsync", "off"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void a_transaction_is_a_begin_its_changes_and_a_commit() throws SQLException {
        try (ServerCapture capture = new ServerCapture(server, "transaction", ITEM, PUBLICATION)) {
            capture.execute("INSERT INTO item VALUES (1, 'grüße \uD83D\uDE42', '\\x00ff', '')");
            capture.execute("INSERT INTO item VALUES (2, NULL, NULL, NULL)");

            List<Captured> captured = capture.capture(false);

            assertThat(captured)
                    .extracting(c -> c.message().getClass().getSimpleName())
                    .containsExactly("Begin", "Relation", "Insert", "Commit", "Begin", "Insert", "Commit");
            for (int begin : new int[] {0, 4}) {
                assertThatFrameAgreesWithServer(capture, captured.get(begin), captured.get(begin == 0 ? 3 : 6));
            }
            Relation relation = (Relation) captured.get(1).message();
            assertThat(relation).isEqualTo(capture.relationOfCatalogue("item"));
            TupleData first = ((Insert) captured.get(2).message()).newTuple();
            assertThat(first).hasToString("TupleData[t1 t12 t6 t0]");
            assertThat(first.text(1)).isEqualTo("grüße \uD83D\uDE42");
            assertThat(first.text(2)).isEqualTo("\\x00ff");
            Insert second = (Insert) captured.get(5).message();
            assertThat(second.relationId()).isEqualTo(relation.relationId());
            assertThat(second.newTuple()).hasToString("TupleData[t1 n n n]");
        }
    }

    /** The server says beside a Commit where it ends, and keeps the commit time of each transaction id. */
    private static void assertThatFrameAgreesWithServer(ServerCapture capture, Captured first, Captured last)
            throws SQLException {
        Begin begin = (Begin) first.message();
        Commit commit = (Commit) last.message();
        assertThat(begin.xid()).isEqualTo(first.xid());
        assertThat(begin.commitInstant())
                .isEqualTo(capture.query("pg_xact_commit_timestamp('" + first.xid() + "'::xid)", OffsetDateTime.class)
                        .toInstant());
        assertThat(begin.commitUnixMillis()).isEqualTo(begin.commitInstant().toEpochMilli());
        assertThat(commit.commitLsn()).isEqualTo(begin.commitLsn()).isLessThan(commit.commitEndLsn());
        assertThat(commit.commitInstant()).isEqualTo(begin.commitInstant());
        assertThat(commit.flags()).isZero();
        assertThat(commit.commitEndLsn()).hasToString(last.lsn()).isEqualTo(LogSequenceNumber.parse(last.lsn()));
    }

    @Test
    void binary_columns_are_what_the_types_send_functions_make() throws SQLException {
        String table = "CREATE TABLE mixed (id bigint PRIMARY KEY, name text, data bytea, nothing int, acl aclitem)";
        try (ServerCapture capture = new ServerCapture(server, "binary_format", table, PUBLICATION)) {
            capture.execute("INSERT INTO mixed VALUES (-2, 'käse', '\\x00ff', NULL, 'postgres=r/postgres')");

            TupleData tuple = ((Insert) capture.capture(true).get(2).message()).newTuple();

            assertThat(tuple).as("aclitem has no binary format").hasToString("TupleData[b8 b5 b2 n t19]");
            assertThat(ByteBuffer.wrap(tuple.copy(0)).getLong()).isEqualTo(-2);
            assertThat(tuple.text(1)).isEqualTo("käse");
            assertThat(tuple.copy(2)).containsExactly(0x00, 0xFF);
            assertThat(tuple.text(4)).isEqualTo("postgres=r/postgres");
        }
    }

    @Test
    void updates_and_deletes_carry_the_key_where_the_identity_is_an_index() throws SQLException {
        try (ServerCapture capture = new ServerCapture(server, "by_key", ITEM, PUBLICATION)) {
            capture.execute("INSERT INTO item VALUES (1, 'a', '\\x01', repeat('x', 9000))");
            capture.execute("UPDATE item SET name = 'b'");
            capture.execute("UPDATE item SET id = 2");
            capture.execute("DELETE FROM item");

            List<PgOutputMessage> changes = capture.captureChanges();

            assertThat(changes).hasSize(5);
            assertThat(((Insert) changes.get(1)).newTuple().text(3)).isEqualTo("x".repeat(9000));
            Update ofName = (Update) changes.get(2);
            assertThat(ofName.key()).isNull();
            assertThat(ofName.oldTuple()).isNull();
            assertThat(ofName.newTuple()).hasToString("TupleData[t1 t1 t4 u]");
            assertThat(ofName.newTuple().text(1)).isEqualTo("b");
            Update ofKey = (Update) changes.get(3);
            assertThat(requireNonNull(ofKey.key())).hasToString("TupleData[t1 n n n]");
            assertThat(ofKey.key().text(0)).isEqualTo("1");
            assertThat(ofKey.oldTuple()).isNull();
            assertThat(ofKey.newTuple().text(0)).isEqualTo("2");
            Delete delete = (Delete) changes.get(4);
            assertThat(requireNonNull(delete.key())).hasToString("TupleData[t1 n n n]");
            assertThat(delete.key().text(0)).isEqualTo("2");
            assertThat(delete.oldTuple()).isNull();
        }
    }

    @Test
    void updates_and_deletes_carry_the_old_row_where_the_identity_is_full() throws SQLException {
        try (ServerCapture capture = new ServerCapture(server, "by_row", FULL_ITEM, PUBLICATION)) {
            capture.execute("INSERT INTO full_item VALUES (1, NULL)");
            capture.execute("UPDATE full_item SET note = 'new'");
            capture.execute("DELETE FROM full_item");

            List<PgOutputMessage> changes = capture.captureChanges();

            assertThat(changes).hasSize(4);
            assertThat(changes.get(0)).isEqualTo(capture.relationOfCatalogue("full_item"));
            assertThat(((Relation) changes.get(0)).columns()).allMatch(Relation.Column::isKey);
            Update update = (Update) changes.get(2);
            assertThat(update.key()).isNull();
            assertThat(requireNonNull(update.oldTuple())).hasToString("TupleData[t1 n]");
            assertThat(update.newTuple().text(1)).isEqualTo("new");
            Delete delete = (Delete) changes.get(3);
            assertThat(delete.key()).isNull();
            assertThat(requireNonNull(delete.oldTuple()).text(1)).isEqualTo("new");
        }
    }

    @Test
    void one_truncate_names_every_relation_and_its_options() throws SQLException {
        try (ServerCapture capture = new ServerCapture(server, "truncates", ITEM, FULL_ITEM, PUBLICATION)) {
            capture.execute("TRUNCATE item, full_item RESTART IDENTITY CASCADE");
            capture.execute("TRUNCATE full_item");

            List<PgOutputMessage> changes = capture.captureChanges();

            long item = capture.oid("'item'::regclass");
            long fullItem = capture.oid("'full_item'::regclass");
            assertThat(changes)
                    .filteredOn(Truncate.class::isInstance)
                    .containsExactly(new Truncate(3, List.of(item, fullItem)), new Truncate(0, List.of(fullItem)));
        }
    }

    @Test
    void types_that_are_not_built_in_are_named_before_their_relation() throws SQLException {
        String types = "CREATE TYPE mood AS ENUM ('calm', 'wild'); CREATE DOMAIN label AS varchar(20);"
                + " CREATE TABLE typed (id int PRIMARY KEY, mood mood, label label)";
        try (ServerCapture capture = new ServerCapture(server, "types", types, PUBLICATION)) {
            capture.execute("INSERT INTO typed VALUES (1, 'wild', 'l')");

            List<PgOutputMessage> changes = capture.captureChanges();

            assertThat(changes.subList(0, 3))
                    .containsExactly(
                            new PgOutputMessage.Type(capture.oid("'mood'::regtype"), "public", "mood"),
                            new PgOutputMessage.Type(capture.oid("'label'::regtype"), "", "varchar"),
                            capture.relationOfCatalogue("typed"));
            assertThat(((Insert) changes.get(3)).newTuple().text(1)).isEqualTo("wild");
        }
    }

    @Test
    void logical_decoding_messages_are_inside_a_transaction_or_outside_of_any() throws SQLException {
        try (ServerCapture capture = new ServerCapture(server, "messages", PUBLICATION)) {
            capture.execute("SELECT pg_logical_emit_message(true, 'préfix', '\\x00ff7b'::bytea)");
            capture.execute("SELECT pg_logical_emit_message(false, '', ''::bytea)");
            capture.execute("CREATE TABLE flushes_the_log ()");

            List<Captured> captured = capture.capture(false);

            assertThat(captured)
                    .extracting(c -> c.message().getClass().getSimpleName())
                    .containsExactly("Begin", "Message", "Commit", "Message");
            Message inside = (Message) captured.get(1).message();
            assertThat(inside.isTransactional()).isTrue();
            assertThat(inside.lsn()).hasToString(captured.get(1).lsn());
            assertThat(inside.prefix()).isEqualTo("préfix");
            assertThat(inside.copyContent()).containsExactly(0x00, 0xFF, 0x7B);
            Message outside = (Message) captured.get(3).message();
            assertThat(outside.isTransactional()).isFalse();
            assertThat(outside.lsn()).hasToString(captured.get(3).lsn());
            assertThat(outside.prefix()).isEmpty();
            assertThat(outside.copyContent()).isEmpty();
        }
    }

    @Test
    void a_replicated_transaction_names_its_origin() throws SQLException {
        try (ServerCapture capture = new ServerCapture(server, "origins", ITEM, PUBLICATION)) {
            capture.execute("SELECT pg_replication_origin_create('node_ä')");
            capture.execute("SELECT pg_replication_origin_session_setup('node_ä')");
            capture.executeTogether(
                    "SELECT pg_replication_origin_xact_setup('2/ABCD', now())", "INSERT INTO item VALUES (1)");
            capture.execute("SELECT pg_replication_origin_session_reset()");

            assertThat(capture.captureChanges().get(0))
                    .isEqualTo(new Origin(LogSequenceNumber.parse("2/ABCD"), "node_ä"));
        }
    }

    @Test
    void a_changed_table_is_described_again_before_its_next_change() throws SQLException {
        try (ServerCapture capture = new ServerCapture(server, "alters", ITEM, FULL_ITEM, PUBLICATION)) {
            capture.execute("INSERT INTO item VALUES (1)");
            capture.execute("INSERT INTO full_item VALUES (1)");
            capture.execute("ALTER TABLE item ADD COLUMN added int DEFAULT 7, DROP COLUMN data");
            capture.execute("INSERT INTO item VALUES (2)");

            RelationCache relations = new RelationCache();
            List<String> seen = new ArrayList<>();
            for (PgOutputMessage change : capture.captureChanges()) {
                if (change instanceof Relation relation) {
                    relations.put(relation);
                } else if (change instanceof Insert insert) {
                    Relation relation = relations.get(insert.relationId(), insert.newTuple());
                    seen.add(relation.name() + " " + relation.columns().size());
                }
            }

            assertThat(seen).containsExactly("item 4", "full_item 2", "item 4");
            assertThat(relations.get(capture.oid("'item'::regclass"))).isEqualTo(capture.relationOfCatalogue("item"));
        }
    }

    /** The lifetime that {@link TupleData} promises rests on pgjdbc's reading each message into an array of its own. */
    @Test
    void tuples_from_a_pgjdbc_stream_stay_valid_while_later_messages_are_read() throws SQLException {
        int rows = 100;
        try (ServerCapture capture = new ServerCapture(server, "streamed", ITEM, PUBLICATION)) {
            capture.execute("INSERT INTO item SELECT i, 'name ' || i FROM generate_series(1, " + rows + ") i");
            List<TupleData> tuples = new ArrayList<>();
            try (Connection connection = replicationConnection("streamed");
                    PGReplicationStream stream = connection
                            .unwrap(PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName("streamed")
                            .withSlotOption("proto_version", 1)
                            .withSlotOption("publication_names", "p")
                            .withAutomaticFlush(false)
                            .start()) {
                PgOutputMessage message;
                do {
                    message = decoder.decode(stream.read());
                    if (message instanceof Insert insert) {
                        tuples.add(insert.newTuple());
                    }
                } while (!(message instanceof Commit));
            }
            assertThat(tuples).hasSize(rows);
            for (int i = 0; i < rows; i++) {
                assertThat(tuples.get(i).text(0)).isEqualTo(Integer.toString(i + 1));
                assertThat(tuples.get(i).text(1)).isEqualTo("name " + (i + 1));
            }
        }
    }

    private static Connection replicationConnection(String database) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        return DriverManager.getConnection(server.url(database), properties);
    }
}
