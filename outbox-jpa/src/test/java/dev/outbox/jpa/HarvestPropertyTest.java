package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random units of work against a real PostgreSQL: what is in the table is what the committed ones recorded, in order; a
 * unit of work of which an event is missing did not commit, and said so.
 *
 * <p>{@code -Dharvest.transactions=10000} for more of them, {@code -Dharvest.seed=...} for the same ones again.
 */
class HarvestPropertyTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final int TRANSACTIONS = Integer.getInteger("harvest.transactions", 250);
    private static final long SEED = Long.getLong("harvest.seed", 20_251_121L);

    private final Random random = new Random(SEED);
    private final JpaOutbox explicit = JpaOutbox.builder().build();
    private final List<UUID> existing = new ArrayList<>();
    private final Map<String, List<String>> committed = new LinkedHashMap<>();
    private int commits;
    private int rollbacks;
    private int loud;

    @BeforeAll
    static void harvest() {
        database.harvested();
    }

    @Test
    void rows_are_what_committed_transactions_recorded_or_the_commit_was_loud() {
        System.out.println("HarvestPropertyTest: -Dharvest.seed=" + SEED + " -Dharvest.transactions=" + TRANSACTIONS);
        // The order of ids would not do: they are drawn when an event is recorded.
        database.execute("ALTER TABLE public.outbox ADD written bigserial");
        for (int i = 0; i < TRANSACTIONS; i++) {
            new Transaction("t" + i).run(false);
        }

        Map<String, List<String>> written = new LinkedHashMap<>();
        database.query("SELECT payload ->> 'note' AS note FROM public.outbox ORDER BY written")
                .forEach(row -> {
                    String note = String.valueOf(row.get("note"));
                    written.computeIfAbsent(note.substring(0, note.indexOf(' ')), any -> new ArrayList<>())
                            .add(note);
                });
        System.out.printf(
                "HarvestPropertyTest: %d committed, %d rolled back, %d loud, %d events%n",
                commits,
                rollbacks,
                loud,
                written.values().stream().mapToInt(List::size).sum());
        for (Map.Entry<String, List<String>> transaction : committed.entrySet()) {
            assertThat(written.getOrDefault(transaction.getKey(), List.of()))
                    .as("seed %d, transaction %s", SEED, transaction.getKey())
                    .isEqualTo(transaction.getValue());
        }
        assertThat(committed.keySet()).containsAll(written.keySet());
        assertThat(commits).as("loudness is the exception").isGreaterThan(TRANSACTIONS / 2);
        assertThat(loud).isPositive();
    }

    private final class Transaction {

        private final String name;
        private final List<String> recorded = new ArrayList<>();
        private final List<Order> managed = new ArrayList<>();
        private final List<Order> fresh = new ArrayList<>();
        private final Set<UUID> removed = new HashSet<>();
        private final List<Integer> steps = new ArrayList<>();
        private boolean risky;
        private int count;
        private @Nullable Order early;

        Transaction(String name) {
            this.name = name;
        }

        void run(boolean nested) {
            try (EntityManager em = database.factory().createEntityManager()) {
                if (!nested && random.nextInt(5) == 0) {
                    early = Order.create();
                    note(early, true);
                }
                em.getTransaction().begin();
                if (early != null) {
                    em.persist(early);
                }
                int length = 1 + random.nextInt(9);
                for (int i = 0; i < length; i++) {
                    step(em, nested);
                }
                finish(em);
            }
        }

        private void finish(EntityManager em) {
            if (random.nextInt(6) == 0) {
                em.getTransaction().rollback();
                rollbacks++;
                return;
            }
            // What was never persisted, and is not taken back, must be loud.
            risky |= !fresh.isEmpty();
            try {
                em.getTransaction().commit();
            } catch (RuntimeException e) {
                assertThat(e)
                        .as("seed %d, %s, steps %s", SEED, name, steps)
                        .hasStackTraceContaining("'order.noted.v1' of Order");
                assertThat(e).hasStackTraceContaining(OutboxException.class.getName());
                assertThat(risky)
                        .as("seed %d, %s is loud without a reason, steps %s", SEED, name, steps)
                        .isTrue();
                loud++;
                return;
            }
            commits++;
            committed.put(name, recorded);
            managed.forEach(order -> existing.add(order.id));
            existing.removeAll(removed);
        }

        private void step(EntityManager em, boolean nested) {
            int step = random.nextInt(nested ? 9 : 20);
            steps.add(step);
            switch (step) {
                case 0 -> fresh.add(note(Order.create(), true));
                case 1 -> persist(em, note(Order.create(), random.nextBoolean()));
                case 2 -> {
                    if (!fresh.isEmpty()) {
                        persist(em, fresh.remove(0));
                    }
                }
                case 3, 4, 5 -> pick(managed, order -> note(order, random.nextBoolean()));
                case 6 -> em.flush();
                case 7 -> {
                    Order whatIf = Order.create();
                    whatIf.change(name + " discarded");
                    whatIf.events().discard();
                }
                case 8 -> {
                    String note = name + " " + count++;
                    recorded.add(note);
                    explicit.on(em).publish("Order", 1, new Order.Noted(note));
                }
                case 9, 10 -> find(em, order -> note(order, random.nextBoolean()));
                case 11 ->
                    pick(managed, order -> {
                        em.remove(order);
                        note(order, false);
                        managed.remove(order);
                        removed.add(order.id);
                    });
                case 12 ->
                    pick(managed, order -> {
                        // Hibernate itself fails the flush of a new entity that was detached before its insert.
                        if (existing.contains(order.id)) {
                            em.detach(order);
                            managed.remove(order);
                            risky = true;
                        }
                    });
                case 13 -> {
                    em.clear();
                    managed.clear();
                    risky = true;
                }
                case 14, 15 -> merge(em);
                case 16 -> new Transaction(name + "n" + count++).run(true);
                case 17 ->
                    em.createQuery("select o from Order o where o.status = 'none'", Order.class)
                            .getResultList();
                case 18 -> {
                    try {
                        explicit.on(em).flush();
                    } catch (OutboxException e) {
                        assertThat(risky || !fresh.isEmpty())
                                .as("seed %d, %s, steps %s", SEED, name, steps)
                                .isTrue();
                    }
                }
                case 19 ->
                    pick(managed, order -> {
                        order.inPreUpdate = () -> {
                            order.inPreUpdate = () -> {};
                            note(order, false);
                        };
                        order.status = "by listener";
                    });
                default -> throw new IllegalStateException();
            }
        }

        private void persist(EntityManager em, Order order) {
            em.persist(order);
            managed.add(order);
        }

        private void merge(EntityManager em) {
            find(em, found -> {
                em.flush();
                em.detach(found);
                managed.remove(found);
                if (random.nextBoolean()) {
                    note(found, true);
                }
                Order copy = em.merge(found);
                managed.add(copy);
                note(copy, false);
            });
        }

        private void find(EntityManager em, Consumer<Order> work) {
            pick(existing, id -> {
                Order found = removed.contains(id) ? null : em.find(Order.class, id);
                if (found != null) {
                    if (!managed.contains(found)) {
                        managed.add(found);
                    }
                    work.accept(found);
                }
            });
        }

        private <T> void pick(List<T> list, Consumer<T> work) {
            if (!list.isEmpty()) {
                work.accept(list.get(random.nextInt(list.size())));
            }
        }

        private Order note(Order order, boolean change) {
            String note = name + " " + count++;
            recorded.add(note);
            if (change) {
                order.change(note);
            } else {
                order.note(note);
            }
            return order;
        }
    }
}
