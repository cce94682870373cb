package dev.outbox.jpa.benchmarks;

import dev.outbox.jpa.HibernateHarvest;
import java.util.Collection;
import java.util.List;
import org.hibernate.boot.registry.classloading.internal.ClassLoaderServiceImpl;

/** Hides Outbox from Hibernate, although its jar is on the classpath. */
final class WithoutOutbox extends ClassLoaderServiceImpl {

    @Override
    public <S> Collection<S> loadJavaServices(Class<S> contract) {
        return List.copyOf(super.loadJavaServices(contract).stream()
                .filter(service -> !(service instanceof HibernateHarvest))
                .toList());
    }
}
