package dev.outbox.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.spring.app.Application;
import dev.outbox.jpa.spring.app.PersonRegistered;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The slice of an application that {@code @DataJpaTest} starts has the outbox, too. */
@DataJpaTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
@ContextConfiguration(classes = Application.class)
class DataJpaTestTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @Autowired
    Outbox outbox;

    @DynamicPropertySource
    static void application(DynamicPropertyRegistry registry) {
        TestDatabase.properties(registry);
    }

    @Test
    void publishes_in_the_transaction_that_is_rolled_back_after_the_test() {
        assertThat(outbox.publish("Person", 1, new PersonRegistered("Ada", Instant.EPOCH)))
                .isNotNull();
        assertThat(database.events()).isEmpty();
    }
}
