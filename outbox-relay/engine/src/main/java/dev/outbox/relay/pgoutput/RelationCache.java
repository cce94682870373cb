package dev.outbox.relay.pgoutput;

import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The relations that one replication session has described so far. The server describes each again in every session:
 * make a new cache for each, since definitions may have changed in between. For one thread.
 */
public final class RelationCache {

    private final Map<Long, Relation> relations = new HashMap<>();
    /** Most streams are of one relation: this spares them the boxed key and the lookup. */
    private @Nullable Relation last;

    /** Keeps the description; it replaces an earlier one of the same relation id. */
    public void put(Relation relation) {
        relations.put(relation.relationId(), relation);
        last = relation;
    }

    /**
     * The last description of a relation.
     *
     * @throws MalformedMessageException if this session has not described it
     */
    public Relation get(long relationId) {
        Relation relation = last;
        if (relation != null && relation.relationId() == relationId) {
            return relation;
        }
        relation = relations.get(relationId);
        if (relation == null) {
            throw new MalformedMessageException("Unknown relation " + relationId
                    + ": a change refers to it, but none of"
                    + " this session's " + relations.size() + " Relation messages describes it. Open the stream again:"
                    + " the server then describes each relation anew before its first change");
        }
        last = relation;
        return relation;
    }

    /**
     * The last description of a relation, for a tuple of it: {@link Relation#columns} and the tuple's columns agree in
     * number, so that an index into the one is an index into the other.
     *
     * @throws MalformedMessageException if this session has not described it, or with another number of columns
     */
    public Relation get(long relationId, TupleData tuple) {
        Relation relation = get(relationId);
        if (relation.columns().size() != tuple.columnCount()) {
            throw new MalformedMessageException("A tuple does not fit its relation " + relationId + " ("
                    + relation.namespace() + "." + relation.name() + "): expected the "
                    + relation.columns().size() + " columns of its last Relation message, found "
                    + tuple.columnCount());
        }
        return relation;
    }
}
