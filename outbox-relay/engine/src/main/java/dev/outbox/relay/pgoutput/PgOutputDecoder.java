package dev.outbox.relay.pgoutput;

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
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes one message of pgoutput protocol version 1, the manual's "Logical Replication Message Formats". Stateless:
 * one instance serves any number of streams and threads.
 *
 * <p>Strict: a message is taken whole or not at all. What the manual leaves open is settled as the server's own
 * subscriber settles it: a Begin without commit LSN and a Commit with flags are malformed, flag bits without a meaning
 * elsewhere are kept and ignored. Memory follows the bytes that are there, not the counts they claim.
 */
public final class PgOutputDecoder {

    /** Flags, an empty name with its zero byte, type oid, type modifier. */
    private static final int SMALLEST_COLUMN = 1 + 1 + 4 + 4;

    /**
     * Decodes the buffer's remaining bytes, which are one message, from its type byte on. Position, limit and byte
     * order of the buffer stay as they are; the order is not looked at. Tuples and contents share the array of a heap
     * buffer, see {@link TupleData} for how long they are valid; the bytes of a buffer without an accessible array
     * (direct or read-only) are copied first, once.
     *
     * @throws MalformedMessageException if the bytes are anything but one whole message
     */
    public PgOutputMessage decode(ByteBuffer message) {
        MessageReader reader = MessageReader.over(message);
        PgOutputMessage decoded = switch (reader.int8("type")) {
            case 'B' -> begin(reader.named("Begin"));
            case 'M' -> message(reader.named("Message"));
            case 'C' -> commit(reader.named("Commit"));
            case 'O' -> origin(reader.named("Origin"));
            case 'R' -> relation(reader.named("Relation"));
            case 'Y' -> type(reader.named("Type"));
            case 'I' -> insert(reader.named("Insert"));
            case 'U' -> update(reader.named("Update"));
            case 'D' -> delete(reader.named("Delete"));
            case 'T' -> truncate(reader.named("Truncate"));
            default ->
                throw reader.unexpectedByte("type", "one of B M C O R Y I U D T (is the stream's proto_version 1?)");
        };
        reader.end();
        return decoded;
    }

    private static Begin begin(MessageReader reader) {
        LogSequenceNumber commitLsn = reader.lsn("commit LSN");
        if (commitLsn.equals(LogSequenceNumber.INVALID)) {
            throw reader.malformed("commit LSN", reader.start() + 1, "an LSN", "0/0");
        }
        return new Begin(commitLsn, reader.int64("commit timestamp"), reader.unsigned32("xid"));
    }

    private static Message message(MessageReader reader) {
        int flags = reader.int8("flags");
        LogSequenceNumber lsn = reader.lsn("LSN");
        String prefix = reader.string("prefix");
        int length = reader.length32("length of the content");
        return new Message(flags, lsn, prefix, ByteBuffer.wrap(reader.array(), reader.skip(length), length));
    }

    private static Commit commit(MessageReader reader) {
        int flags = reader.int8("flags");
        if (flags != 0) {
            throw reader.unexpectedByte("flags", "0");
        }
        LogSequenceNumber commitLsn = reader.lsn("commit LSN");
        LogSequenceNumber commitEndLsn = reader.lsn("commit end LSN");
        return new Commit(flags, commitLsn, commitEndLsn, reader.int64("commit timestamp"));
    }

    private static Origin origin(MessageReader reader) {
        return new Origin(reader.lsn("commit LSN"), reader.string("name"));
    }

    private static Relation relation(MessageReader reader) {
        long relationId = reader.unsigned32("relation id");
        String namespace = reader.string("namespace");
        String name = reader.string("name");
        char replicaIdentity = (char) reader.int8("replica identity");
        int count = reader.count16("number of columns", SMALLEST_COLUMN);
        List<Relation.Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            columns.add(new Relation.Column(
                    reader.int8("column flags"),
                    reader.string("column name"),
                    reader.unsigned32("column type"),
                    reader.int32("column type modifier")));
        }
        return new Relation(relationId, namespace, name, replicaIdentity, columns);
    }

    private static PgOutputMessage.Type type(MessageReader reader) {
        return new PgOutputMessage.Type(
                reader.unsigned32("type oid"), reader.string("namespace"), reader.string("name"));
    }

    private static Insert insert(MessageReader reader) {
        long relationId = reader.unsigned32("relation id");
        if (reader.int8("tuple") != 'N') {
            throw reader.unexpectedByte("tuple", "'N'");
        }
        return new Insert(relationId, TupleData.read(reader, "new tuple"));
    }

    private static Update update(MessageReader reader) {
        long relationId = reader.unsigned32("relation id");
        TupleData key = null;
        TupleData oldTuple = null;
        switch (reader.int8("tuple")) {
            case 'N' -> {
                return new Update(relationId, null, null, TupleData.read(reader, "new tuple"));
            }
            case 'K' -> key = TupleData.read(reader, "key");
            case 'O' -> oldTuple = TupleData.read(reader, "old tuple");
            default -> throw reader.unexpectedByte("tuple", "'K', 'O' or 'N'");
        }
        if (reader.int8("tuple") != 'N') {
            throw reader.unexpectedByte("tuple", "'N'");
        }
        return new Update(relationId, key, oldTuple, TupleData.read(reader, "new tuple"));
    }

    private static Delete delete(MessageReader reader) {
        long relationId = reader.unsigned32("relation id");
        return switch (reader.int8("tuple")) {
            case 'K' -> new Delete(relationId, TupleData.read(reader, "key"), null);
            case 'O' -> new Delete(relationId, null, TupleData.read(reader, "old tuple"));
            default -> throw reader.unexpectedByte("tuple", "'K' or 'O'");
        };
    }

    private static Truncate truncate(MessageReader reader) {
        // The number of relations comes before the option bits, the ids after them: one byte of what remains is not
        // an id. Whatever a count that just fits claims too much is missed by the last read.
        int count = reader.count32("number of relations", Integer.BYTES);
        int options = reader.int8("option bits");
        List<Long> relationIds = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            relationIds.add(reader.unsigned32("relation id"));
        }
        return new Truncate(options, relationIds);
    }
}
