package dev.outbox.jpa;

import dev.outbox.EventIds;
import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.PayloadType;
import dev.outbox.RecordedEvent;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The outbox of an application on Jakarta Persistence: which table, which column type, which serializer. Built once,
 * immutable, for use by any number of threads.
 *
 * <p>With Hibernate ORM the events of a transaction are one batch right before its commit. With any other provider each
 * is written at its call, and nothing is harvested.
 *
 * <p>It registers no entity, and needs nothing in {@code persistence.xml}. Listeners are registered with a factory only
 * where its entities are to be harvested: {@link Builder#harvest}.
 */
public final class JpaOutbox {

    private final EventIntake intake;

    private JpaOutbox(EventIntake intake) {
        this.intake = intake;
    }

    /** The defaults: the table {@code public.outbox}, a {@code json} payload, {@link EventSerializer#json()}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Where to publish events of the transactions of this EntityManager. Cheap: it may be called for every event, or
     * once for a shared proxy, such as the one that Spring and CDI inject, which is asked for its session at each call.
     *
     * @param entityManager Hibernate's, that of another provider that unwraps to a {@link Connection}, or a proxy of one
     */
    public Outbox on(EntityManager entityManager) {
        return new EntityManagerOutbox(entityManager, intake);
    }

    /**
     * An outbox for tests, without database and transaction: whatever this one refuses is refused, whatever it accepts is
     * serialized and handed over at the call, on the calling thread. The test kit's recording outbox is made of it.
     *
     * @param receiver called once for each event; safe for as many threads as publish
     */
    public Outbox to(Consumer<OutboxEvent> receiver) {
        return (aggregateType, aggregateId, event, options) -> {
            OutboxEvent accepted = intake.event(EventIds.next(), aggregateType, aggregateId, event, options);
            // Refuses what the payload's column can't hold.
            intake.row(accepted);
            receiver.accept(frozen(accepted, accepted.occurredAt()));
            return accepted.id();
        };
    }

    /**
     * What an event that an entity recorded becomes, for tests without database and transaction: refused and serialized
     * as a transaction would. The test kit's recording outbox is made of it.
     *
     * @param aggregate its identifier is read from its member with {@code @Id} or {@code @EmbeddedId}; one that is not
     *     there yet, as the database or Hibernate makes it, is {@code (no id yet)}
     * @param recorded a deferred event is made now
     * @throws OutboxException as the call of record or the commit would
     */
    public OutboxEvent recorded(Object aggregate, RecordedEvent recorded) {
        String type = Aggregates.type(aggregate);
        Object id = Aggregates.id(aggregate);
        Object event = recorded.event();
        List<OutboxEvent> accepted = new ArrayList<>(1);
        to(accepted::add)
                .publish(
                        type,
                        id == null ? "(no id yet)" : id,
                        recorded.deferred() ? ((Supplier<?>) event).get() : event,
                        options -> {
                            recorded.options().headers().forEach(options::header);
                            options.id(Objects.requireNonNullElse(
                                    recorded.options().id(), recorded.id()));
                            if (recorded.options().type() != null) {
                                options.type(recorded.options().type());
                            }
                        });
        return frozen(accepted.get(0), recorded.recordedAt());
    }

    /** The table that it writes. */
    public OutboxTable table() {
        return intake.insert().table();
    }

    /** What makes the payloads. */
    public EventSerializer serializer() {
        return intake.serializer();
    }

    /** A serializer may hand out bytes that the event itself holds, and changes later. */
    private static OutboxEvent frozen(OutboxEvent event, Instant occurredAt) {
        byte[] payload = Objects.requireNonNull(event.payload());
        return new OutboxEvent(
                event.id(),
                event.aggregateType(),
                event.aggregateId(),
                event.type(),
                payload.clone(),
                event.headers(),
                occurredAt);
    }

    /**
     * Checks that this outbox's table is as its settings say: the payload column takes what the serializer makes, and
     * the role may do what the retention asks for. To be called once, when the application starts.
     *
     * @param connection to the application's database, as the role that writes events; left open, nothing is written
     * @throws OutboxException naming all that differs from what is needed, or if the server can't be asked
     * @see OutboxSchema#validate(Connection, OutboxTable, PayloadType, Retention)
     */
    public void validate(Connection connection) {
        OutboxInsert insert = intake.insert();
        OutboxSchema.validate(
                connection,
                table(),
                insert.payloadType(),
                insert.retention(),
                serializer().contentType());
    }

    /**
     * The same, on a connection of an EntityManager and outside of the application's transactions.
     *
     * @param factory of the database that the events are written to, or a proxy of it
     * @throws OutboxException as above, and if there is no connection
     */
    public void validate(EntityManagerFactory factory) {
        try (EntityManager entityManager = factory.createEntityManager()) {
            Provider.onConnectionOf(entityManager, this::validate);
        } catch (PersistenceException e) {
            throw new OutboxException(
                    "The outbox table " + table() + " can't be looked at: " + e.getMessage()
                            + ". Validate when the database can be reached.",
                    e);
        }
    }

    /** Builds a {@link JpaOutbox}; not thread safe. */
    public static final class Builder {

        private OutboxTable table = OutboxTable.DEFAULT;
        private PayloadType payloadType = PayloadType.JSON;
        private @Nullable EventSerializer serializer;
        private Retention retention = Retention.KEEP;
        private final List<EntityManagerFactory> harvested = new ArrayList<>();
        private int maxPayloadBytes = Integer.MAX_VALUE;
        private final List<HeaderContributor> contributors = new ArrayList<>();
        private boolean traceContext = true;
        private final List<Class<?>> events = new ArrayList<>();
        private final Map<Class<?>, Function<Object, ?>> idFormatters = new HashMap<>();
        private final List<String> idMistakes = new ArrayList<>();

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
         * Has {@link #build} check the names of these event classes: that there is one, that it is no class's name, and
         * that no two classes have the same. Of classes that are not given, this is checked at their first publish. May
         * be called several times.
         *
         * @param events classes with {@link dev.outbox.EventType}; a sealed one stands for those that it permits
         */
        public Builder events(Class<?>... events) {
            this.events.addAll(Arrays.asList(events));
            return this;
        }

        /**
         * Says what stands for aggregate ids of a type of the application's own, on records and in the table:
         * {@code aggregateId(OrderId.class, OrderId::value)}. It is the record's key, and so must be the same for the
         * same id, forever. One for each type; that of a superclass counts for its subclasses.
         *
         * @param type not one that works by itself, such as {@code UUID}
         * @param value returns a {@code UUID}, {@code String}, {@code Integer}, {@code Long}, {@code Short} or
         *     {@code BigInteger}; called by any thread, once for each event. What it throws fails the event's call, or of
         *     a recorded event the commit
         */
        public <T> Builder aggregateId(Class<T> type, Function<? super T, ?> value) {
            if ((Object) type == null || (Object) value == null) {
                idMistakes.add("aggregateId(...) needs a type and a function");
            } else if (AggregateIds.hasOneText(type)) {
                idMistakes.add("aggregateId(" + type.getSimpleName() + ".class, ...): ids of this type are written as"
                        + " they are; leave it away, or publish with a String");
            } else if (idFormatters.putIfAbsent(type, id -> value.apply(type.cast(id))) != null) {
                idMistakes.add("aggregateId(" + type.getSimpleName() + ".class, ...) is given twice");
            }
            return this;
        }

        /**
         * The largest payload, in bytes as the serializer makes them, that publish accepts; no limit unless given. A
         * limit somewhat under {@code max.message.bytes} of the topics fails the one transaction that would stop the
         * relay's stream.
         */
        public Builder maxPayloadBytes(int bytes) {
            this.maxPayloadBytes = bytes;
            return this;
        }

        /** Adds headers to every event. May be called several times; a later contributor's headers win. */
        public Builder headers(HeaderContributor contributor) {
            this.contributors.add(contributor);
            return this;
        }

        /**
         * Whether events carry the current span of OpenTelemetry as {@code traceparent} and {@code tracestate} (W3C Trace
         * Context), where its API is on the classpath and the table has headers; true unless given.
         */
        public Builder traceContext(boolean traceContext) {
            this.traceContext = traceContext;
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
            if (maxPayloadBytes < 1) {
                mistakes.add("maxPayloadBytes is " + maxPayloadBytes + "; leave it away for no limit");
            }
            if (contributors.contains(null)) {
                mistakes.add("a HeaderContributor is null; leave it away");
            }
            if (mistakes.isEmpty()) {
                mistakes.addAll(misfits(contentType));
            }
            if ((Object) retention == null) {
                mistakes.add("retention is null; leave it away for Retention.KEEP");
            }
            EventTypes types = new EventTypes();
            mistakes.addAll(types.declare(events));
            mistakes.addAll(idMistakes);
            AggregateIds ids = new AggregateIds(idFormatters);
            mistakes.addAll(Aggregates.mistakes(
                    harvested.stream().map(EntityManagerFactory::getMetamodel).toList(), ids));
            if (!mistakes.isEmpty()) {
                throw new OutboxException("JpaOutbox can't be built: " + String.join("; ", mistakes) + ".");
            }
            JpaOutbox outbox = new JpaOutbox(new EventIntake(
                    new OutboxInsert(table, payloadType, retention),
                    chosen,
                    contentType.equals(payloadType.contentType()) ? null : contentType,
                    maxPayloadBytes,
                    new ContributedHeaders(allContributors()),
                    types,
                    ids));
            harvested.forEach(factory -> Provider.harvest(factory, outbox.intake));
            return outbox;
        }

        /** Settings of which each is right, but not beside another one. */
        private List<String> misfits(String contentType) {
            List<String> misfits = new ArrayList<>();
            boolean told = contentType.equals(payloadType.contentType());
            if (!table.has(OutboxTable.Column.HEADERS) && !told) {
                misfits.add("the serializer makes " + contentType + " for a " + payloadType.sqlName()
                        + " column, which consumers are told in the headers column, and " + table + " has none");
            }
            if (!table.has(OutboxTable.Column.HEADERS) && !contributors.isEmpty()) {
                misfits.add("there are HeaderContributors, and " + table + " has no headers column");
            }
            if (!MediaTypes.fits(contentType, payloadType)) {
                misfits.add("the serializer makes " + contentType + ", which a " + payloadType.sqlName()
                        + " column can't hold; give another payloadType, or a serializer that makes JSON");
            }
            return misfits;
        }

        /** The application's own last, so that they win. */
        private List<HeaderContributor> allContributors() {
            List<HeaderContributor> all = new ArrayList<>();
            if (traceContext && table.has(OutboxTable.Column.HEADERS)) {
                OpenTelemetryHeaders.ifOnClasspath().ifPresent(all::add);
            }
            all.addAll(contributors);
            return List.copyOf(all);
        }
    }
}
