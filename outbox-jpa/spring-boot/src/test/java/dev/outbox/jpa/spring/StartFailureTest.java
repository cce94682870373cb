package dev.outbox.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.spring.app.Application;
import jakarta.persistence.EntityManagerFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** What a developer reads, instead of a stack trace, when the application doesn't start. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTest {

    private static final String REPORT = "APPLICATION FAILED TO START";

    @Test
    void a_name_that_postgresql_can_not_have_is_told_with_the_property(CapturedOutput output) {
        assertDoesNotStart(Application.class, "outbox.table=app.\"events\"");

        assertThat(output).contains(REPORT, "The table name '\"events\"' must have 1 to 63", "outbox.table");
    }

    @Test
    void a_required_column_can_not_be_absent(CapturedOutput output) {
        assertDoesNotStart(Application.class, "outbox.absent-columns=xid,payload");

        assertThat(output).contains(REPORT, "The column 'payload' is required", "outbox.absent-columns");
    }

    @Test
    void an_unknown_payload_type_is_told_with_those_there_are(CapturedOutput output) {
        assertDoesNotStart(Application.class, "outbox.payload-type=xml");

        assertThat(output).contains(REPORT, "Property: outbox.payload-type", "BYTEA", "JSON", "JSONB", "TEXT");
    }

    @Test
    void without_an_entity_manager_factory_it_says_why_there_is_no_outbox(CapturedOutput output) {
        assertDoesNotStart(WithoutFactory.class);

        assertThat(output)
                .contains(REPORT, "Parameter 0 of method publisher", "there is none", "spring.datasource.url");
    }

    @Test
    void with_several_entity_manager_factories_it_names_them_and_says_how_to_choose(CapturedOutput output) {
        assertDoesNotStart(TwoFactories.class);

        assertThat(output)
                .contains(REPORT, "several and none is primary: shop, warehouse", "@Primary", "jpaOutbox.on(");
    }

    private static void assertDoesNotStart(Class<?> application, String... properties) {
        String[] arguments = Stream.of(TestDatabase.properties(), properties)
                .flatMap(Stream::of)
                .map(property -> "--" + property)
                .toArray(String[]::new);
        assertThatThrownBy(() -> SpringApplication.run(application, arguments)).isNotNull();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration(exclude = HibernateJpaAutoConfiguration.class)
    static class WithoutFactory {

        @Bean
        Object publisher(Outbox outbox) {
            return outbox;
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
    static class TwoFactories {

        @Bean
        Object publisher(Outbox outbox) {
            return outbox;
        }

        @Bean
        @Lazy
        EntityManagerFactory shop() {
            throw new UnsupportedOperationException("not used");
        }

        @Bean
        @Lazy
        EntityManagerFactory warehouse() {
            throw new UnsupportedOperationException("not used");
        }
    }
}
