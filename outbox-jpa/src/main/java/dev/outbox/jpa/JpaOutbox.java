package dev.outbox.jpa;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.PayloadType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outbox of an application on Jakarta Persistence with Hibernate ORM: which table, which column type, which
 * serializer. Built once, immutable, for use by any number of threads.
 *
 * <p>It registers no entity, and needs nothing in {@code persistence.xml}. Listeners are registered with a factory only
 * where its entities are to be harvested: {@link Builder#harvest}.
 */
public final class JpaOutbox {

    private final OutboxInsert insert;
    private final EventSerializer serializer;
    private final @Nullable String contentType;

    private JpaOutbox(OutboxInsert insert, EventSerializer serializer, @Nullable String contentType) {
        this.insert = insert;
        this.serializer = serializer;
        this.contentType = contentType;
    }

    /** The defaults: the table {@code public.outbox}, a {@code json} payload, {@link EventSerializer#json()}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Where to publish events of the transactions of this EntityManager. Cheap: it may be called for every event, or
     * once for a shared proxy, such as the one that Spring and CDI inject, which is asked for its session at each call.
     *
     * @param entityManager Hibernate's, or a proxy of it
     */
    public Outbox on(EntityManager entityManager) {
        return outboxOn(entityManager);
    }

    EntityManagerOutbox outboxOn(EntityManager entityManager) {
        return new EntityManagerOutbox(entityManager, insert, serializer, contentType);
    }

    /** Builds a {@link JpaOutbox}; not thread safe. */
    public static final class Builder {

        private OutboxTable table = OutboxTable.DEFAULT;
        private PayloadType payloadType = PayloadType.JSON;
        private @Nullable EventSerializer serializer;
        private Retention retention = Retention.KEEP;
        private final List<EntityManagerFactory> harvested = new ArrayList<>();

        private Builder() {}

        /** The names of the table and its columns; {@link OutboxTable#DEFAULT} unless given. */
        public Builder table(OutboxTable table) {
            this.table = table;
            return this;
        }

        /** The type of the table's payload column; {@code json} unless given. */
        public Builder payloadType(PayloadType payloadType) {
            this.payloadType = payloadType;
            return this;
        }

        /** Makes the payload from the event; {@link EventSerializer#json()}, which needs Jackson 3, unless given. */
        public Builder serializer(EventSerializer serializer) {
            this.serializer = serializer;
            return this;
        }

        /** Whether rows stay in the table; {@link Retention#KEEP} unless given. */
        public Builder retention(Retention retention) {
            this.retention = retention;
            return this;
        }

        /**
         * Has this outbox write what the entities of an EntityManagerFactory record with {@link dev.outbox.DomainEvents}.
         * One outbox harvests a factory; without one, recorded events fail the commit.
         *
         * @param entityManagerFactory Hibernate's, or a proxy of it; several may be given, one a call
         */
        public Builder harvest(EntityManagerFactory entityManagerFactory) {
            harvested.add(entityManagerFactory);
            return this;
        }

        /**
         * The outbox, if every setting fits.
         *
         * @throws OutboxException naming every setting that is missing or wrong
         */
        public JpaOutbox build() {
            EventSerializer chosen = serializer == null ? EventSerializer.json() : serializer;
            String contentType = chosen.contentType();
            List<String> mistakes = new ArrayList<>();
            // Callers that are not checked for nullness can pass null all the same.
            if ((Object) table == null) {
                mistakes.add("table is null; leave it away for OutboxTable.DEFAULT");
            }
            if ((Object) payloadType == null) {
                mistakes.add("payloadType is null; leave it away for PayloadType.JSON");
            }
            if ((Object) contentType == null
                    || contentType.isBlank()
                    || contentType.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
                mistakes.add("the serializer's contentType() must be a media type, such as application/json");
            }
            if (mistakes.isEmpty()
                    && !table.has(OutboxTable.Column.HEADERS)
                    && !contentType.equals(payloadType.contentType())) {
                mistakes.add("the serializer makes " + contentType + " for a " + payloadType.sqlName()
                        + " column, which consumers are told in the headers column, and " + table + " has none");
            }
            if ((Object) retention == null) {
                mistakes.add("retention is null; leave it away for Retention.KEEP");
            }
            for (EntityManagerFactory factory : harvested) {
                mistakes.addAll(Aggregates.mistakes(factory.getMetamodel()));
            }
            if (!mistakes.isEmpty()) {
                throw new OutboxException("JpaOutbox can't be built: " + String.join("; ", mistakes) + ".");
            }
            JpaOutbox outbox = new JpaOutbox(
                    new OutboxInsert(table, payloadType, retention),
                    chosen,
                    contentType.equals(payloadType.contentType()) ? null : contentType);
            harvested.forEach(factory -> HibernateHarvest.start(factory, outbox::outboxOn));
            return outbox;
        }
    }
}
