package dev.outbox.jpa.benchmarks;

import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.transaction.PlatformTransactionManager;

/** Spring Modulith: its registry writes a publication for each event and listener, here one listener. */
record Modulith(Application application, ConfigurableApplicationContext context, HeldTasks deferred) implements Side {

    static Side open(String url) {
        Application application = Application.without(url, Order.class);
        HeldTasks deferred = new HeldTasks();
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        ApplicationContextInitializer<GenericApplicationContext> beans = context -> {
            context.registerBean(DataSource.class, application::pool);
            context.registerBean(EntityManagerFactory.class, application::factory);
            context.registerBean(PlatformTransactionManager.class, application::transactionManager);
            context.registerBean("taskExecutor", Executor.class, () -> deferred);
            context.registerBean(Shipping.class);
        };
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Settings.class)
                .web(WebApplicationType.NONE)
                .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                .registerShutdownHook(false)
                .initializers(beans)
                .run();
        return new Modulith(application, context, deferred);
    }

    @Override
    public String name() {
        return "Spring Modulith (JDBC)";
    }

    @Override
    public Rows rows() {
        return Rows.KEPT;
    }

    @Override
    public void transaction(long order, int events) {
        application.change(Order.class, order, loaded -> {
            loaded.ship();
            for (int i = 0; i < events; i++) {
                context.publishEvent(OrderShipped.number(i, order));
            }
        });
    }

    @Override
    public List<String> tables() {
        return List.of("event_publication");
    }

    @Override
    public int runDeferred() {
        return deferred.runAll();
    }

    @Override
    public void dropDeferred() {
        deferred.clear();
    }

    @Override
    public void close() {
        context.close();
        application.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Settings {}

    /** The listener that would send the event on. */
    static class Shipping {

        private final AtomicLong heard = new AtomicLong();

        @ApplicationModuleListener
        void on(OrderShipped event) {
            heard.addAndGet(event.weightInGrams());
        }
    }
}
