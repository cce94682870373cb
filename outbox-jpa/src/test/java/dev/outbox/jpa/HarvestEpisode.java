package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.outbox.OutboxException;
import dev.outbox.jpa.HarvestOracle.Unit;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.assertj.core.util.Throwables;
import org.hibernate.FlushMode;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Some transactions of up to three sessions on one thread, interleaved at random, and the oracle told of each step. A row
 * belongs to one session at a time: two that wait for each other's locks on one thread would wait for ever.
 */
final class HarvestEpisode {

    /** An EntityManagerFactory that is harvested, and the outbox to publish to explicitly. */
    record Application(SessionFactory factory, JpaOutbox outbox) {}

    private final class Open {

        final EntityManager em;
        final Application application;
        final boolean manual;
        final int number = ++opened;
        private long counted;
        final Set<UUID> touched = new HashSet<>();
        final Set<UUID> locked = new HashSet<>();
        final Set<UUID> gone = new HashSet<>();
        final Set<UUID> unflushed = new HashSet<>();

        @Nullable Unit unit;

        Open(Application application) {
            this.application = application;
            this.em = application.factory().createEntityManager();
            this.manual = chance(20);
            em.unwrap(Session.class).addEventListeners(new SessionEventListener() {
                @Override
                public void flushEnd(int entities, int collections) {
                    // Called after a flush that has failed, too; that is not counted.
                    if (unit != null && flushes() > counted) {
                        counted = flushes();
                        flushed(Open.this);
                    }
                }
            });
            steps.add("open s" + number + (manual ? " with flush mode MANUAL" : ""));
            if (manual) {
                em.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
            } else if (chance(8)) {
                em.unwrap(Session.class).setHibernateFlushMode(FlushMode.COMMIT);
            }
        }

        long flushes() {
            return application.factory().getStatistics().getFlushCount();
        }

        Unit unit() {
            return Objects.requireNonNull(unit);
        }

        boolean manages(Order order) {
            return em.contains(order);
        }
    }

    private final Random random;
    private final List<Application> applications;
    private final HarvestOracle oracle = new HarvestOracle();
    private final List<Open> sessions = new ArrayList<>();
    private final List<Order> orders = new ArrayList<>();
    private final Set<Order> fresh = new HashSet<>();
    private final Map<UUID, UUID> lines = new HashMap<>();
    private final Map<UUID, Open> owners = new HashMap<>();
    private int notes;
    private int opened;

    final List<String> steps = new ArrayList<>();
    final List<List<String>> expected = new ArrayList<>();
    int commits;
    int rollbacks;
    int loud;
    int failed;

    HarvestEpisode(long seed, List<Application> applications) {
        this.random = new Random(seed);
        this.applications = applications;
    }

    void run(TestDatabase database) throws SQLException {
        existingRows(database);
        int length = 8 + random.nextInt(30);
        for (int i = 0; i < length; i++) {
            step();
        }
        while (!sessions.isEmpty()) {
            end(pick(sessions), true);
        }
    }

    /** After a failure: leaves no lock to the next test. */
    void abandon() {
        for (Open s : sessions) {
            if (s.em.getTransaction().isActive()) {
                s.em.getTransaction().rollback();
            }
            s.em.close();
        }
    }

    private void existingRows(TestDatabase database) throws SQLException {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            UUID order = uuid();
            UUID line = uuid();
            lines.put(order, line);
            sql.append("INSERT INTO orders (id, status) VALUES ('%s', 'new');".formatted(order));
            sql.append("INSERT INTO OrderLine (id, quantity, order_id) VALUES ('%s', 0, '%s');".formatted(line, order));
        }
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql.toString());
        }
    }

    private void step() {
        if (sessions.isEmpty() || (sessions.size() < 3 && chance(8))) {
            if (chance(4)) {
                note(create(), chance(2));
            }
            sessions.add(new Open(pick(applications)));
        }
        Open s = pick(sessions);
        if (s.unit == null) {
            if (chance(3)) {
                managed(s, order -> note(order, chance(2)));
            }
            log(s, "begin");
            s.em.getTransaction().begin();
            s.unit = oracle.begin(s.em);
            return;
        }
        switch (random.nextInt(26)) {
            case 0, 1 -> persist(s, note(create(), chance(2)));
            case 2 -> note(create(), chance(2));
            case 3, 4 -> any(order -> fresh.contains(order) && free(order.id, s), order -> persist(s, order));
            case 5, 6, 7 -> find(s, order -> note(order, chance(2)));
            case 8, 9 -> managed(s, order -> note(order, chance(2)));
            case 10 -> any(order -> chance(6), order -> note(order, false));
            case 11 ->
                managed(s, order -> {
                    note(order, false);
                    deferred(order);
                });
            case 12 -> child(s);
            case 13 -> newChild(s);
            case 14 -> managed(s, order -> remove(s, order));
            case 15 -> detach(s);
            case 16 -> clear(s);
            case 17, 18, 19 -> merge(s);
            case 20 -> flush(s);
            case 21 -> query(s);
            case 22 -> outboxFlush(s);
            case 23 -> {
                String note = next(s, "publish");
                oracle.published(s.unit(), note);
                s.application.outbox().on(s.em).publish("Order", 1, new Order.Noted(note));
            }
            case 24 -> any(order -> !oracle.isInSeveral(order), this::discard);
            case 25 -> listen(s);
            default -> throw new IllegalStateException();
        }
        if (chance(9)) {
            end(s, chance(2));
        }
    }

    private Order create() {
        Order order = new Order(uuid());
        orders.add(order);
        fresh.add(order);
        return order;
    }

    private Order note(Order order, boolean change) {
        String note = next(null, "note" + (change ? " with a change" : "") + " on " + name(order));
        oracle.recorded(note, order);
        if (change) {
            touch(order);
            order.change(note);
        } else {
            order.note(note);
        }
        return order;
    }

    private void deferred(Order order) {
        String note = next(null, "deferred on " + name(order));
        oracle.recorded(note, order);
        order.noteDeferred(note);
    }

    private void touch(Order order) {
        Open owner = owners.get(order.id);
        if (owner != null) {
            owner.touched.add(order.id);
        }
    }

    private void persist(Open s, Order order) {
        log(s, "persist " + name(order));
        own(s, order.id);
        s.touched.add(order.id);
        s.unflushed.add(order.id);
        fresh.remove(order);
        s.em.persist(order);
        oracle.persisted(s.unit(), order);
    }

    private void find(Open s, Consumer<Order> work) {
        UUID id = pick(List.copyOf(lines.keySet()));
        if (!free(id, s) || s.gone.contains(id)) {
            return;
        }
        log(s, "find");
        Order found = s.em.find(Order.class, id);
        if (found != null) {
            Order order = Hibernate.unproxy(found, Order.class);
            own(s, id);
            add(order);
            work.accept(order);
        }
    }

    private void child(Open s) {
        UUID id = pick(List.copyOf(lines.keySet()));
        if (!free(id, s) || s.gone.contains(id)) {
            return;
        }
        Order.Line line = s.em.find(Order.Line.class, lines.get(id));
        if (line != null) {
            own(s, id);
            String note = next(s, "child of a proxy");
            s.touched.add(id);
            // Its root may be a proxy, and loaded by the call; it is this session's in any case.
            line.change(notes, note);
            Order root = Hibernate.unproxy(line.order, Order.class);
            add(root);
            oracle.recorded(note, root);
        }
    }

    private void newChild(Open s) {
        managed(s, order -> {
            String note = next(s, "new child of " + name(order));
            s.touched.add(order.id);
            s.unflushed.add(order.id);
            oracle.recorded(note, order);
            new Order.Line(order).change(1, note);
        });
    }

    private void remove(Open s, Order order) {
        log(s, "remove " + name(order));
        s.touched.add(order.id);
        s.gone.add(order.id);
        s.em.remove(order);
        oracle.removed(s.unit(), order);
        note(order, false);
    }

    private void detach(Open s) {
        // Hibernate itself fails the flush of a new entity that was detached before its insert.
        managed(s, order -> {
            if (!s.unflushed.contains(order.id)) {
                if (chance(2)) {
                    flush(s);
                }
                log(s, "detach " + name(order));
                s.em.detach(order);
                disown(s, order.id);
            }
        });
    }

    private void clear(Open s) {
        if (chance(2)) {
            flush(s);
        }
        log(s, "clear");
        s.em.clear();
        s.gone.removeIf(id -> {
            boolean pending = !s.locked.contains(id);
            if (pending) {
                orders.stream()
                        .filter(order -> order.id.equals(id))
                        .forEach(order -> oracle.forgetRemoval(s.unit(), order));
            }
            return pending;
        });
        s.unflushed.clear();
        s.touched.retainAll(s.locked);
        List.copyOf(owners.keySet()).forEach(id -> disown(s, id));
    }

    private void merge(Open s) {
        any(order -> free(order.id, s) && !s.gone.contains(order.id) && !s.manages(order), order -> {
            if (chance(2)) {
                note(order, chance(2));
            }
            log(s, "merge " + name(order));
            own(s, order.id);
            s.touched.add(order.id);
            s.unflushed.add(order.id);
            fresh.remove(order);
            // A proxy, where the session has one already.
            Order copy = Hibernate.unproxy(s.em.merge(order), Order.class);
            add(copy);
            oracle.merged(s.unit(), order, copy);
            if (chance(2)) {
                note(copy, chance(2));
            }
        });
    }

    private void flush(Open s) {
        log(s, "flush");
        s.em.flush();
        flushed(s);
    }

    private void flushed(Open s) {
        s.locked.addAll(s.touched);
        s.unflushed.clear();
        oracle.flushed(s.unit());
    }

    private void query(Open s) {
        log(s, "query");
        long before = s.flushes();
        s.em.createQuery("select o from Order o where o.status = 'none'", Order.class)
                .getResultList();
        if (s.flushes() > before) {
            flushed(s);
        }
    }

    private void outboxFlush(Open s) {
        log(s, "flush of the outbox");
        Throwable refused = catchThrowable(() -> s.application.outbox().on(s.em).flush());
        if (!s.unit().open().isEmpty()) {
            assertThat(refused).isInstanceOf(OutboxException.class);
        } else {
            assertThat(refused).isNull();
            oracle.written(s.unit());
        }
    }

    private void discard(Order order) {
        log(null, "discard of " + name(order));
        boolean refused = oracle.discardIsRefused(order);
        Throwable thrown = catchThrowable(() -> order.events().discard());
        if (refused) {
            assertThat(thrown).isInstanceOf(OutboxException.class);
        } else {
            assertThat(thrown).isNull();
        }
    }

    /** Something that records later, in a flush or right before the commit. */
    private void listen(Open s) {
        managed(s, order -> {
            Order target = chance(3) ? pick(orders) : order;
            Runnable once = new Runnable() {
                private boolean done;

                @Override
                public void run() {
                    if (!done) {
                        done = true;
                        note(target, false);
                    }
                }
            };
            log(s, "listener of " + name(order));
            switch (random.nextInt(5)) {
                case 0 -> order.inPostPersist = once;
                case 1 -> order.inPreUpdate = once;
                case 2 -> order.inPostUpdate = once;
                case 3 -> order.inPostRemove = once;
                default -> s.em.unwrap(Session.class).getTransaction().runBeforeCompletion(once);
            }
        });
    }

    private void end(Open s, boolean close) {
        if (s.unit != null) {
            if (chance(7)) {
                log(s, "rollback");
                if (chance(3)) {
                    s.em.getTransaction().setRollbackOnly();
                    // Hibernate rolls back without a word here.
                    s.em.getTransaction().commit();
                } else {
                    s.em.getTransaction().rollback();
                }
                rollbacks++;
                oracle.ended(s.unit());
                rolledBack(s);
            } else {
                commit(s);
            }
            s.unit = null;
            s.touched.clear();
            s.locked.clear();
            s.gone.clear();
            s.unflushed.clear();
        }
        if (close) {
            log(s, "close");
            s.em.close();
            sessions.remove(s);
            owners.values().removeIf(owner -> owner == s);
        }
    }

    private void commit(Open s) {
        log(s, "commit");
        Throwable failure = catchThrowable(() -> s.em.getTransaction().commit());
        if (failure != null && !Throwables.getStackTrace(failure).contains(OutboxException.class.getName())) {
            log(s, "failed by Hibernate: " + failure);
            failed++;
            oracle.ended(s.unit());
            rolledBack(s);
            return;
        }
        if (!s.manual) {
            // Also a flush that finds nothing to do, which is not counted.
            oracle.flushed(s.unit());
        }
        List<String> open = s.unit().open();
        if (!open.isEmpty()) {
            assertThat(failure)
                    .as("loud, because of %s", open)
                    .isNotNull()
                    .hasStackTraceContaining("'order.noted.v1' of Order");
            loud++;
            oracle.ended(s.unit());
            rolledBack(s);
        } else {
            assertThat(failure).isNull();
            oracle.written(s.unit());
            expected.add(s.unit().notes());
            commits++;
            oracle.ended(s.unit());
        }
    }

    /** Hibernate leaves the persistence context as it was; what is in it is no longer what is in the database. */
    private void rolledBack(Open s) {
        s.em.clear();
        owners.values().removeIf(owner -> owner == s);
    }

    private boolean free(UUID row, Open s) {
        Open owner = owners.get(row);
        return owner == null || owner == s;
    }

    private void own(Open s, UUID row) {
        owners.put(row, s);
    }

    private void disown(Open s, UUID row) {
        if (!s.locked.contains(row)) {
            owners.remove(row, s);
        }
    }

    private void managed(Open s, Consumer<Order> work) {
        any(s::manages, work);
    }

    private void any(Predicate<Order> which, Consumer<Order> work) {
        List<Order> candidates = orders.stream().filter(which).toList();
        if (!candidates.isEmpty()) {
            work.accept(pick(candidates));
        }
    }

    private void add(Order order) {
        if (orders.stream().noneMatch(present -> present == order)) {
            orders.add(order);
        }
    }

    private String next(@Nullable Open s, String what) {
        String note = "e" + notes++;
        log(s, what + ": " + note);
        return note;
    }

    private void log(@Nullable Open s, String what) {
        steps.add((s == null ? "" : "s" + s.number + " ") + what);
    }

    private String name(Order order) {
        return "o" + orders.indexOf(order);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** One in so many. */
    private boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
