package dev.outbox.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outbox.EventSerializer;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.jpa.HeaderContributor;
import dev.outbox.jpa.Inbox;
import dev.outbox.jpa.InboxTable;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.spring.app.Application;
import dev.outbox.jpa.spring.app.Registration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What the settings and the application's own beans change. */
class OutboxAutoConfigurationTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final String DEFAULT_JSON =
            "{\"fullName\":\"Ada\",\"registeredAt\":\"2026-01-02T03:04:05.678901Z\"}";

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withPropertyValues(TestDatabase.properties());

    private final UUID id = UUID.randomUUID();

    @Test
    void another_table_with_other_columns_is_a_matter_of_properties() {
        database.execute("CREATE SCHEMA app; CREATE TABLE app.events (id uuid, aggregate_type text, aggregateid text,"
                + " type text, payload jsonb, headers json, at timestamptz)");
        application
                .withPropertyValues(
                        "outbox.table=app.events",
                        "outbox.columns.aggregate-type=aggregate_type",
                        "outbox.columns.occurred-at=at",
                        "outbox.absent-columns=xid",
                        "outbox.payload-type=jsonb")
                .run(context -> {
                    register(context);

                    assertThat(database.query("SELECT aggregate_type, aggregateid, type FROM app.events"))
                            .containsExactly(Map.of(
                                    "aggregate_type", "Person",
                                    "aggregateid", id.toString(),
                                    "type", "person.registered.v1"));
                    assertThat(database.events()).isEmpty();
                });
    }

    @Test
    void a_table_without_a_schema_is_in_public() {
        database.execute("ALTER TABLE public.outbox RENAME TO events");
        application
                .withPropertyValues("outbox.table=events")
                .run(context -> assertThat(context.getBean(JpaOutbox.class).table())
                        .isEqualTo(OutboxTable.named("public", "events")));
    }

    @Test
    void the_settings_of_spring_jackson_shape_the_payload() {
        application
                .withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
                .run(context -> {
                    register(context);
                    assertThat(payload())
                            .isEqualTo("{\"full_name\":\"Ada\",\"registered_at\":\"2026-01-02T03:04:05.678901Z\"}");
                });
    }

    @Test
    void a_mapper_bean_of_the_application_shapes_the_payload() {
        application
                .withBean(
                        JsonMapper.class,
                        () -> JsonMapper.builder()
                                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                                .build())
                .run(context -> {
                    register(context);
                    assertThat(payload()).startsWith("{\"FullName\":");
                });
    }

    @Test
    void without_a_mapper_bean_the_default_serializer_is_taken() {
        application
                .withPropertyValues("spring.autoconfigure.exclude=" + JacksonAutoConfiguration.class.getName())
                .withClassLoader(new FilteredClassLoader(ObjectMapper.class))
                .run(context -> {
                    assertThat(context).doesNotHaveBean(EventSerializer.class);
                    register(context);
                    assertThat(payload()).isEqualTo(DEFAULT_JSON);
                });
    }

    @Test
    void a_mapper_of_jackson_2_is_taken_where_there_is_none_of_jackson_3() {
        application
                .withPropertyValues(
                        "spring.autoconfigure.exclude=" + JacksonAutoConfiguration.class.getName(),
                        "spring.jackson2.property-naming-strategy=SNAKE_CASE")
                .run(context -> {
                    assertThat(context).hasSingleBean(ObjectMapper.class).hasSingleBean(EventSerializer.class);
                    register(context);
                    assertThat(payload()).startsWith("{\"full_name\":\"Ada\"");
                });
    }

    @Test
    void several_mappers_of_which_none_is_primary_are_refused_by_name() {
        application
                .withBean("one", JsonMapper.class, JsonMapper::new)
                .withBean("two", JsonMapper.class, JsonMapper::new)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("expected single matching bean but found 2: one,two"));
    }

    @Test
    void a_serializer_bean_takes_the_place_of_jackson() {
        application
                .withBean(EventSerializer.class, () -> event -> "{\"own\":true}".getBytes(StandardCharsets.UTF_8))
                .run(context -> {
                    register(context);
                    assertThat(payload()).isEqualTo("{\"own\":true}");
                });
    }

    @Test
    void header_contributor_beans_are_asked() {
        application
                .withBean(HeaderContributor.class, () -> event -> Map.of("origin", "shop"))
                .run(context -> {
                    register(context);
                    assertThat(database.events().get(0))
                            .containsEntry("headers", "{\"origin\":\"shop\",\"tenant\":\"acme\"}");
                });
    }

    @Test
    void an_inbox_remembers_in_the_transaction_what_was_processed() {
        database.execute("CREATE SCHEMA app;" + InboxTable.named("app", "seen").ddl());
        application.withPropertyValues("outbox.inbox-table=app.seen").run(context -> {
            Inbox inbox = context.getBean(Inbox.class);
            TransactionTemplate transaction =
                    new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            List<String> handled = new ArrayList<>();

            transaction.executeWithoutResult(status -> {
                inbox.process("billing", id, () -> handled.add("rolled back"));
                status.setRollbackOnly();
            });
            transaction.executeWithoutResult(status -> inbox.process("billing", id, () -> handled.add("committed")));
            transaction.executeWithoutResult(status -> inbox.process("billing", id, () -> handled.add("again")));

            assertThat(handled).containsExactly("rolled back", "committed");
        });
    }

    @Test
    void a_jpa_outbox_bean_takes_the_place_of_the_properties() {
        database.execute("CREATE SCHEMA app; ALTER TABLE public.outbox SET SCHEMA app");
        JpaOutbox own = JpaOutbox.builder()
                .table(OutboxTable.named("app", "outbox").without(Column.XID))
                .build();
        application.withBean(JpaOutbox.class, () -> own).run(context -> {
            assertThat(context).getBean(JpaOutbox.class).isSameAs(own);
            register(context);
            assertThat(database.query("SELECT type FROM app.outbox")).hasSize(1);
        });
    }

    @Test
    void an_outbox_bean_takes_the_place_of_ours() {
        Outbox own = (aggregateType, aggregateId, event, options) -> id;
        application.withBean(Outbox.class, () -> own).run(context -> {
            assertThat(context).getBean(Outbox.class).isSameAs(own);
            register(context);
            assertThat(database.events()).isEmpty();
        });
    }

    private void register(ApplicationContext context) {
        context.getBean(Registration.class).register(id, "Ada");
    }

    private static String payload() {
        return String.valueOf(database.events().get(0).get("payload"));
    }
}
