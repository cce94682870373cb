package dev.outbox.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import dev.outbox.jpa.HeaderContributor;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.spring.app.Application;
import dev.outbox.jpa.spring.app.PersonRenamed;
import dev.outbox.jpa.spring.app.Registration;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What each property of the write side does, its wrong values included, and what beans add to them. */
@ExtendWith(OutputCaptureExtension.class)
class OutboxPropertiesTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withPropertyValues(TestDatabase.properties());

    private final UUID id = UUID.randomUUID();

    @Test
    void what_an_entity_records_is_written_without_any_wiring() {
        application.run(context -> {
            rename(context, "Grace");
            assertThat(database.events())
                    .singleElement()
                    .satisfies(event -> assertThat(event)
                            .containsEntry("type", "person.renamed.v1")
                            .containsEntry("aggregateid", id.toString())
                            .containsEntry("payload", "{\"fullName\":\"Grace\"}"));
        });
    }

    @Test
    void harvest_works_where_all_beans_are_lazy() {
        application.withPropertyValues("spring.main.lazy-initialization=true").run(context -> {
            rename(context, "Grace");
            assertThat(database.events()).hasSize(1);
        });
    }

    @Test
    void without_harvest_a_recorded_event_fails_its_commit() {
        application.withPropertyValues("outbox.harvest=false").run(context -> {
            assertThatThrownBy(() -> rename(context, "Grace"))
                    .hasStackTraceContaining("no outbox harvests this EntityManagerFactory");
            assertThat(database.events()).isEmpty();
        });
    }

    @Test
    void retention_may_leave_the_table_empty() {
        application
                .withPropertyValues("outbox.retention=delete-after-insert", "outbox.validate=fail")
                .run(context -> {
                    rename(context, "Grace");
                    assertThat(database.events()).isEmpty();
                    assertThat(database.query("SELECT name FROM person")).containsExactly(Map.of("name", "Grace"));
                });
    }

    @Test
    void an_unknown_retention_is_refused() {
        application
                .withPropertyValues("outbox.retention=sometimes")
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("outbox.retention"));
    }

    @Test
    void a_payload_over_the_limit_is_refused_and_a_limit_of_nothing_too() {
        application
                .withPropertyValues("outbox.max-payload-bytes=19")
                .run(context -> assertThatThrownBy(() -> rename(context, "Grace"))
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContaining("limit is 19"));
        application
                .withPropertyValues("outbox.max-payload-bytes=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("maxPayloadBytes is 0; leave it away for no limit"));
    }

    @Test
    void the_trace_context_is_carried_unless_switched_off() {
        SpanContext current = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        try (Scope scope = Span.wrap(current).makeCurrent()) {
            assertThat(scope).isNotNull();
            application.run(context -> rename(context, "Grace"));
            application.withPropertyValues("outbox.trace-context=false").run(context -> rename(context, "Ada"));
        }
        assertThat(database.events())
                .extracting(event -> event.get("headers"))
                .containsExactly("{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}", null);
    }

    @Test
    void a_table_that_is_not_as_needed_is_in_the_log_unless_said_otherwise(CapturedOutput output) {
        database.execute("ALTER TABLE public.outbox DROP COLUMN headers");
        application
                .withPropertyValues("outbox.validate=none")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("is not as needed");

        application.run(context -> assertThat(context).hasNotFailed());
        assertThat(output).contains("Expected a column 'headers'", "outbox.validate=fail");

        application
                .withPropertyValues("outbox.validate=fail")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(OutboxSettingsException.class)
                        .hasMessageContaining("Expected a column 'headers'"));
    }

    @Test
    void the_validation_asks_the_table_of_a_jpa_outbox_bean_too() {
        database.execute("DROP TABLE public.outbox");
        application
                .withPropertyValues("outbox.validate=fail")
                .withBean(JpaOutbox.class, () -> JpaOutbox.builder().build())
                .run(context ->
                        assertThat(context).getFailure().hasMessageContaining("Expected the table, found none"));
    }

    @Test
    void two_events_of_one_name_are_found_in_the_packages_of_the_application() {
        new ApplicationContextRunner()
                .withUserConfiguration(dev.outbox.jpa.spring.clash.Application.class)
                .withPropertyValues(TestDatabase.properties())
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("'stock.counted.v1' is that of two classes"));
    }

    @Test
    void events_are_looked_for_in_other_packages_where_these_are_given() {
        application
                .withPropertyValues("outbox.event-packages=dev.outbox.jpa.spring.clash")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("'stock.counted.v1' is that of two classes"));
        new ApplicationContextRunner()
                .withUserConfiguration(dev.outbox.jpa.spring.clash.Application.class)
                .withPropertyValues(TestDatabase.properties())
                .withPropertyValues("outbox.event-packages=dev.outbox.jpa.spring.app")
                .run(context -> assertThat(context).hasNotFailed());
    }

    record BadgeNumber(int number) {}

    @Test
    void customizers_say_what_properties_can_not_in_their_order() {
        application
                .withPropertyValues("outbox.max-payload-bytes=10")
                .withBean(HeaderContributor.class, () -> event -> Map.of("by", "bean", "origin", "shop"))
                .withBean("second", JpaOutboxCustomizer.class, () -> new Ordered(2))
                .withBean("first", JpaOutboxCustomizer.class, () -> new Ordered(1))
                .run(context -> {
                    new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                            .executeWithoutResult(status -> context.getBean(Outbox.class)
                                    .publish("Badge", new BadgeNumber(7), new PersonRenamed("Grace")));
                    assertThat(database.events())
                            .singleElement()
                            .satisfies(event -> assertThat(event)
                                    .containsEntry("aggregateid", "7")
                                    .containsEntry("headers", "{\"by\":\"customizer 2\",\"origin\":\"shop\"}"));
                });
    }

    private record Ordered(int getOrder) implements JpaOutboxCustomizer, org.springframework.core.Ordered {

        @Override
        public void customize(JpaOutbox.Builder outbox) {
            outbox.maxPayloadBytes(1000).headers(event -> Map.of("by", "customizer " + getOrder));
            if (getOrder == 1) {
                outbox.aggregateId(BadgeNumber.class, BadgeNumber::number);
            }
        }
    }

    private void rename(ApplicationContext context, String name) {
        UUID person = id;
        database.execute("INSERT INTO person VALUES ('" + person + "', 'Ada') ON CONFLICT DO NOTHING");
        context.getBean(Registration.class).rename(person, name);
    }
}
