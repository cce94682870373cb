package dev.outbox.jpa.spring;

import dev.outbox.EventType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.persistence.autoconfigure.EntityScanPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** The event classes of an application, found where its entities are. */
final class EventClasses {

    private EventClasses() {}

    /** @param given the packages to look in; those of the application if there are none */
    static Class<?>[] of(BeanFactory beans, ResourceLoader resources, List<String> given) {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.setResourceLoader(resources);
        scanner.addIncludeFilter(new AnnotationTypeFilter(EventType.class, false));
        List<Class<?>> events = new ArrayList<>();
        for (String name : given.isEmpty() ? packages(beans) : new LinkedHashSet<>(given)) {
            for (BeanDefinition found : scanner.findCandidateComponents(name)) {
                Class<?> event = load(found.getBeanClassName(), resources.getClassLoader());
                if (event != null) {
                    events.add(event);
                }
            }
        }
        return events.toArray(Class<?>[]::new);
    }

    private static Set<String> packages(BeanFactory beans) {
        Set<String> packages = new LinkedHashSet<>(EntityScanPackages.get(beans).getPackageNames());
        if (AutoConfigurationPackages.has(beans)) {
            packages.addAll(AutoConfigurationPackages.get(beans));
        }
        return packages;
    }

    private static @Nullable Class<?> load(@Nullable String name, @Nullable ClassLoader classLoader) {
        try {
            return name == null ? null : ClassUtils.forName(name, classLoader);
        } catch (ClassNotFoundException | LinkageError e) {
            // It can't be published either, as long as something that it needs is missing.
            return null;
        }
    }
}
