package dev.outbox.jpa.spring.app;

import dev.outbox.jpa.Outbox;
import java.time.Instant;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

@Service
public class Registration {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");

    private final People people;
    private final Outbox outbox;

    Registration(People people, Outbox outbox) {
        this.people = people;
        this.outbox = outbox;
    }

    @Transactional
    public UUID register(UUID id, String name) {
        people.save(new Person(id, name));
        return outbox.publish(
                "Person", id, new PersonRegistered(name, AT), message -> message.header("tenant", "acme"));
    }

    @Transactional
    public void registerAnd(UUID id, String name, Runnable more) {
        register(id, name);
        more.run();
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void registerInATransactionOfItsOwn(UUID id, String name) {
        register(id, name);
    }

    @Transactional(readOnly = true)
    public void publishInAReadOnlyTransaction(UUID id) {
        publishOnly(id);
    }

    @Transactional
    public void rename(UUID id, String name) {
        people.findById(id).orElseThrow().rename(name);
    }

    public void publishOnly(UUID id) {
        outbox.publish("Person", id, new PersonRegistered("Ada", AT));
    }
}
