package dev.outbox.relay.pgoutput;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of pgoutput protocol version 1: one record for each type in the manual's "Logical Replication Message
 * Formats", with the manual's names and its order of fields.
 *
 * <p>Numbers are the manual's. Oids and transaction ids, which the server means as unsigned 32-bit, are {@code long}s
 * from 0 to 2<sup>32</sup>-1, so that they print and compare as the server's own. Timestamps are microseconds since
 * 2000-01-01 00:00 UTC, as sent; accessors convert them when asked. No text form holds a column's or a message's
 * content. The records are immutable and safe for use by many threads, within the lifetime that {@link TupleData}
 * states; those that hold a tuple or a {@link Message#content} share the array that the message came in.
 */
public sealed interface PgOutputMessage {

    /**
     * 'B': a transaction begins. Version 1 sends committed transactions only, so that its Commit follows unless the
     * stream ends first.
     *
     * @param commitLsn the manual's "final LSN of the transaction": where its commit record begins, the same value as
     *     in its {@link Commit}; never {@link LogSequenceNumber#INVALID}
     * @param commitTimestamp in microseconds since 2000-01-01 00:00 UTC
     * @param xid the transaction's id, unsigned 32-bit
     */
    record Begin(LogSequenceNumber commitLsn, long commitTimestamp, long xid) implements PgOutputMessage {

        /** {@link #commitTimestamp} as an instant, to the microsecond. */
        public Instant commitInstant() {
            return PgEpoch.toInstant(commitTimestamp);
        }

        /** {@link #commitTimestamp} in milliseconds since 1970-01-01 00:00 UTC, rounded down. */
        public long commitUnixMillis() {
            return PgEpoch.toUnixMillis(commitTimestamp);
        }
    }

    /**
     * 'M': a logical decoding message, written with {@code pg_logical_emit_message}; sent with option {@code messages}.
     * One that isn't transactional arrives outside of Begin and Commit.
     *
     * @param flags 1 if the message is transactional, otherwise 0
     * @param lsn the LSN of the message
     * @param prefix what the writer called it by; may be empty
     * @param content the content, possibly empty: a read-only view, not a copy
     */
    record Message(int flags, LogSequenceNumber lsn, String prefix, ByteBuffer content) implements PgOutputMessage {

        private static final int TRANSACTIONAL = 1;

        /** Keeps a read-only view of the content's remaining bytes. */
        public Message {
            content = content.slice().asReadOnlyBuffer();
        }

        /** A read-only view of the content with a position of its own. */
        @Override
        public ByteBuffer content() {
            return content.duplicate();
        }

        /** The content in an array of its own; each call makes one. */
        public byte[] copyContent() {
            byte[] copy = new byte[content.remaining()];
            content.get(content.position(), copy);
            return copy;
        }

        /** Whether it belongs to the transaction around it. */
        public boolean isTransactional() {
            return (flags & TRANSACTIONAL) != 0;
        }
    }

    /**
     * 'C': the transaction has been committed.
     *
     * @param flags always 0 in version 1
     * @param commitLsn where the commit record begins: what positions are made of
     * @param commitEndLsn the manual's "end LSN of the transaction": where the commit record ends; what a slot confirms
     * @param commitTimestamp in microseconds since 2000-01-01 00:00 UTC
     */
    record Commit(int flags, LogSequenceNumber commitLsn, LogSequenceNumber commitEndLsn, long commitTimestamp)
            implements PgOutputMessage {

        /** {@link #commitTimestamp} as an instant, to the microsecond. */
        public Instant commitInstant() {
            return PgEpoch.toInstant(commitTimestamp);
        }
    }

    /**
     * 'O': the transaction was replicated to this server from another one. There can be several in one transaction.
     *
     * @param commitLsn the LSN of the commit on the origin server
     * @param name the name of the origin
     */
    record Origin(LogSequenceNumber commitLsn, String name) implements PgOutputMessage {}

    /**
     * 'R': describes a relation, before its first change in a session and again after its definition has changed.
     *
     * @param relationId its oid, unsigned 32-bit; what later messages refer to it by
     * @param namespace its schema; empty for {@code pg_catalog}
     * @param name its name
     * @param replicaIdentity {@code relreplident} of {@code pg_class}: 'd' default, 'n' nothing, 'f' full, 'i' index
     * @param columns the published columns, in the order of {@link TupleData}'s
     */
    record Relation(long relationId, String namespace, String name, char replicaIdentity, List<Column> columns)
            implements PgOutputMessage {

        /** Copies the list. */
        public Relation {
            columns = List.copyOf(columns);
        }

        /**
         * A column of a relation.
         *
         * @param flags 1 if the column is part of the key (the replica identity), otherwise 0
         * @param name its name
         * @param typeOid the oid of its type, unsigned 32-bit
         * @param typeModifier {@code atttypmod}; -1 for none
         */
        public record Column(int flags, String name, long typeOid, int typeModifier) {

            private static final int KEY = 1;

            /** Whether the column is part of the key; with replica identity full each is. */
            public boolean isKey() {
                return (flags & KEY) != 0;
            }
        }
    }

    /**
     * 'Y': names a type that is not built in, before the Relation with the first column of it.
     *
     * @param typeOid the oid of the column's type, unsigned 32-bit
     * @param namespace the type's schema; empty for {@code pg_catalog}
     * @param name the type's name; for a domain schema and name are those of the type beneath
     */
    record Type(long typeOid, String namespace, String name) implements PgOutputMessage {}

    /**
     * 'I': a row was inserted.
     *
     * @param relationId refers to a {@link Relation}
     * @param newTuple the row ('N')
     */
    record Insert(long relationId, TupleData newTuple) implements PgOutputMessage {}

    /**
     * 'U': a row was updated. At most one of {@code key} and {@code oldTuple} is there.
     *
     * @param relationId refers to a {@link Relation}
     * @param key the old values of the key's columns ('K'), if the update changed any of them
     * @param oldTuple the old row ('O'), if the relation's replica identity is full
     * @param newTuple the new row ('N')
     */
    record Update(
            long relationId,
            @Nullable TupleData key,
            @Nullable TupleData oldTuple,
            TupleData newTuple) implements PgOutputMessage {}

    /**
     * 'D': a row was deleted. Exactly one of {@code key} and {@code oldTuple} is there.
     *
     * @param relationId refers to a {@link Relation}
     * @param key the values of the key's columns ('K'), if the replica identity is an index
     * @param oldTuple the old row ('O'), if the relation's replica identity is full
     */
    record Delete(
            long relationId,
            @Nullable TupleData key,
            @Nullable TupleData oldTuple) implements PgOutputMessage {}

    /**
     * 'T': relations were truncated, by one statement.
     *
     * @param options option bits: 1 for CASCADE, 2 for RESTART IDENTITY
     * @param relationIds each refers to a {@link Relation}
     */
    record Truncate(int options, List<Long> relationIds) implements PgOutputMessage {

        private static final int CASCADE = 1;
        private static final int RESTART_IDENTITY = 2;

        /** Copies the list. */
        public Truncate {
            relationIds = List.copyOf(relationIds);
        }

        /** Whether the statement said CASCADE. */
        public boolean isCascade() {
            return (options & CASCADE) != 0;
        }

        /** Whether the statement said RESTART IDENTITY. */
        public boolean isRestartIdentity() {
            return (options & RESTART_IDENTITY) != 0;
        }
    }
}
