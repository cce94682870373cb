package dev.outbox.jpa.spring;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxException;
import dev.outbox.jpa.HeaderContributor;
import dev.outbox.jpa.Inbox;
import dev.outbox.jpa.JpaInbox;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/**
 * Makes {@link Outbox} and {@link Inbox} beans that work in the {@code @Transactional} method that calls them, as the
 * properties {@code outbox.*} say.
 *
 * <p>Each bean gives way to one that the application has: an {@link EventSerializer}, a {@link JpaOutbox}, an
 * {@link Outbox}, an {@link Inbox}. Every {@link HeaderContributor} and {@link JpaOutboxCustomizer} bean is asked, in
 * Spring's order. Without an {@link EventSerializer}, events become JSON by the application's own mapper, of Jackson 3
 * or else of Jackson 2.
 *
 * <p>With several EntityManagerFactories the primary one is meant; without a primary there is no {@link Outbox}, no
 * {@link Inbox}, and nothing is harvested.
 */
@AutoConfiguration(
        after = {HibernateJpaAutoConfiguration.class, JacksonAutoConfiguration.class},
        // By name, as Spring Boot has deprecated its support of Jackson 2.
        afterName = "org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration")
@ConditionalOnClass({EntityManagerFactory.class, SharedEntityManagerCreator.class})
@EnableConfigurationProperties(OutboxProperties.class)
@Import({MapperSerializers.Jackson3.class, MapperSerializers.Jackson2.class})
public final class OutboxAutoConfiguration {

    OutboxAutoConfiguration() {}

    /** Made at the start, also where beans are lazy: entities may record before anyone asks for it. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    JpaOutbox jpaOutbox(
            OutboxProperties properties,
            ObjectProvider<EventSerializer> serializer,
            ObjectProvider<HeaderContributor> headers,
            ObjectProvider<JpaOutboxCustomizer> customizers,
            ObjectProvider<EntityManagerFactory> entityManagerFactory,
            ApplicationContext context) {
        try {
            JpaOutbox.Builder builder = JpaOutbox.builder()
                    .table(properties.outboxTable())
                    .payloadType(properties.payloadType())
                    .retention(properties.retention())
                    .traceContext(properties.traceContext())
                    .events(EventClasses.of(context, context, properties.eventPackages()));
            if (properties.maxPayloadBytes() != null) {
                builder.maxPayloadBytes(properties.maxPayloadBytes());
            }
            serializer.ifAvailable(builder::serializer);
            headers.orderedStream().forEach(builder::headers);
            if (properties.harvest()) {
                entityManagerFactory.ifUnique(builder::harvest);
            }
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.build();
        } catch (OutboxException e) {
            throw new OutboxSettingsException(e);
        }
    }

    @Bean
    @Lazy(false)
    @ConditionalOnSingleCandidate(EntityManagerFactory.class)
    TableCheck outboxTableCheck(
            OutboxProperties properties, JpaOutbox jpaOutbox, EntityManagerFactory entityManagerFactory) {
        return new TableCheck(properties.validate(), jpaOutbox, entityManagerFactory);
    }

    /** One for all threads: the shared EntityManager is asked for the session of the moment at each call. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(EntityManagerFactory.class)
    Outbox outbox(JpaOutbox jpaOutbox, EntityManagerFactory entityManagerFactory) {
        return jpaOutbox.on(SharedEntityManagerCreator.createSharedEntityManager(entityManagerFactory));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(EntityManagerFactory.class)
    Inbox inbox(OutboxProperties properties, EntityManagerFactory entityManagerFactory) {
        EntityManager shared = SharedEntityManagerCreator.createSharedEntityManager(entityManagerFactory);
        try {
            return JpaInbox.on(shared, properties.inbox());
        } catch (OutboxException e) {
            throw new OutboxSettingsException(e);
        }
    }
}
