package dev.outbox.jpa.spring;

import dev.outbox.jpa.Inbox;
import dev.outbox.jpa.Outbox;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says why there is no {@link Outbox} or {@link Inbox} to inject. Spring Boot's own analysis advises to write one. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class NoOutboxFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final BeanFactory beans;

    NoOutboxFailureAnalyzer(BeanFactory beans) {
        this.beans = beans;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(
            Throwable rootFailure, NoSuchBeanDefinitionException cause, @Nullable String description) {
        if (cause.getNumberOfBeansFound() > 0
                || (cause.getBeanType() != Outbox.class && cause.getBeanType() != Inbox.class)
                || !(beans instanceof ListableBeanFactory listable)) {
            return null;
        }
        List<String> factories = List.of(
                BeanFactoryUtils.beanNamesForTypeIncludingAncestors(listable, EntityManagerFactory.class, true, false));
        String required = (description == null ? "The application" : description) + " required an "
                + Objects.requireNonNull(cause.getBeanType()).getSimpleName() + ", which is made"
                + " from the application's one EntityManagerFactory; ";
        if (factories.isEmpty()) {
            return new FailureAnalysis(
                    required + "there is none.",
                    "Give the application its database (spring.datasource.url), so that Spring Boot makes an"
                            + " EntityManagerFactory; where there is one, don't exclude HibernateJpaAutoConfiguration and"
                            + " OutboxAutoConfiguration. --debug tells which auto-configuration applies.",
                    cause);
        }
        if (factories.size() == 1) {
            return null;
        }
        return new FailureAnalysis(
                required + "there are several and none is primary: " + String.join(", ", factories) + ".",
                "Mark the one whose transactions publish and process events as @Primary; or make a bean for each:"
                        + " jpaOutbox.on(SharedEntityManagerCreator.createSharedEntityManager(entityManagerFactory)).",
                cause);
    }
}
