package dev.outbox.samples.writer;

import dev.outbox.samples.writer.Work.Ending;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Chooses the transactions of one thread: mostly one event of one person, some with several events, some with several
 * persons, now and then one that is undone on purpose.
 */
final class Workload {

    private static final List<String> NAMES = List.of(
            "Ada",
            "Alan",
            "Barbara",
            "Dennis",
            "Donald",
            "Edsger",
            "Frances",
            "Grace",
            "Jim",
            "John",
            "Ken",
            "Leslie",
            "Margaret",
            "Niklaus",
            "Radia",
            "Tony");
    private static final List<String> CITIES = List.of(
            "Amsterdam",
            "Berlin",
            "Bern",
            "Göteborg",
            "Kraków",
            "Lisboa",
            "London",
            "Lyon",
            "Oslo",
            "Praha",
            "Roma",
            "Salzburg",
            "Turku",
            "Valletta",
            "Wien",
            "Zürich");

    private final People people;
    private final int enoughPeople;
    private final int rollbackPercent;
    private final Random random;

    /** @param enoughPeople more than other threads can take out at once, so that there is always somebody to choose */
    Workload(People people, int enoughPeople, int rollbackPercent, long seed) {
        this.people = people;
        this.enoughPeople = enoughPeople;
        this.rollbackPercent = rollbackPercent;
        this.random = new Random(seed);
    }

    Work next() {
        Ending ending = ending();
        int kind = random.nextInt(100);
        if (kind < 10 || people.size() < enoughPeople) {
            return register(ending);
        }
        if (kind < 13) {
            return delete(ending);
        }
        if (kind < 45) {
            return move(1, ending);
        }
        if (kind < 55) {
            return move(3, ending);
        }
        return kind < 85 ? change(ending, this::rename) : change(ending, this::marry);
    }

    private Ending ending() {
        return random.nextInt(100) < rollbackPercent ? Ending.undone(random) : Ending.COMMIT;
    }

    private Work register(Ending ending) {
        UUID id = UUID.randomUUID();
        String name = name();
        String city = any(CITIES);
        return new Work(service -> service.register(id, name, city), ending, List.of(id), List.of());
    }

    private Work delete(Ending ending) {
        UUID id = people.take(random);
        return new Work(service -> service.delete(id), ending, List.of(), List.of(id));
    }

    private Work move(int atMost, Ending ending) {
        SortedSet<UUID> household = people.choose(atMost, random);
        String city = any(CITIES);
        return new Work(service -> household.forEach(id -> service.move(id, city)), ending, List.of(), List.of());
    }

    private Work change(Ending ending, Function<UUID, Consumer<PersonService>> change) {
        return new Work(change.apply(people.choose(1, random).first()), ending, List.of(), List.of());
    }

    private Consumer<PersonService> rename(UUID id) {
        String name = name();
        return service -> service.rename(id, name);
    }

    /** Three events of one person in one transaction. */
    private Consumer<PersonService> marry(UUID id) {
        String name = name();
        String honeymoon = any(CITIES);
        String home = any(CITIES);
        return service -> {
            service.rename(id, name);
            service.move(id, honeymoon);
            service.move(id, home);
        };
    }

    private String name() {
        return any(NAMES) + " " + (char) ('A' + random.nextInt(26)) + ".";
    }

    private String any(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
