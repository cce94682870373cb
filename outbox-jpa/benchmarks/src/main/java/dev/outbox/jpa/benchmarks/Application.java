package dev.outbox.jpa.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManager;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What surrounds every side in the same way: a pool, Hibernate, and Spring's transactions. Each side has one of its own.
 */
final class Application implements AutoCloseable {

    static {
        // Else a connection that has rested for half a second is asked whether it lives: a round trip of nobody's.
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", Long.toString(3_600_000));
    }

    private final HikariDataSource pool;
    private final SessionFactory factory;
    private final JpaTransactionManager transactionManager;
    private final TransactionTemplate transactions;
    private final EntityManager entityManager;

    private Application(HikariDataSource pool, SessionFactory factory) {
        this.pool = pool;
        this.factory = factory;
        this.transactionManager = new JpaTransactionManager(factory);
        transactionManager.setDataSource(pool);
        transactionManager.setJpaDialect(new HibernateJpaDialect());
        transactionManager.afterPropertiesSet();
        this.transactions = new TransactionTemplate(transactionManager);
        this.entityManager = SharedEntityManagerCreator.createSharedEntityManager(factory);
    }

    /** One in which Hibernate knows nothing of Outbox. */
    static Application without(String url, Class<?>... entities) {
        return open(url, new BootstrapServiceRegistryBuilder().applyClassLoaderService(new WithoutOutbox()), entities);
    }

    /** One with outbox-jpa in place, as it is wherever the jar is on the classpath. */
    static Application with(String url, Class<?>... entities) {
        return open(url, new BootstrapServiceRegistryBuilder(), entities);
    }

    private static Application open(String url, BootstrapServiceRegistryBuilder bootstrap, Class<?>... entities) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername("postgres");
        config.setMaximumPoolSize(Measurement.MAX_THREADS);
        config.addDataSourceProperty("sslmode", "disable");
        config.addDataSourceProperty("socketFactory", Wire.class.getName());
        HikariDataSource pool = new HikariDataSource(config);
        MetadataSources sources = new MetadataSources(new StandardServiceRegistryBuilder(bootstrap.build())
                .applySettings(Map.of(
                        "hibernate.connection.datasource",
                        pool,
                        // For Debezium's way; it changes nothing where one entity is updated.
                        "hibernate.jdbc.batch_size",
                        100,
                        "hibernate.order_inserts",
                        true))
                .build());
        sources.addAnnotatedClasses(entities);
        return new Application(pool, sources.buildMetadata().buildSessionFactory());
    }

    /** The business transaction: loads the entity, has it changed, and commits. */
    <T> void change(Class<T> type, long id, Consumer<T> change) {
        transactions.executeWithoutResult(
                status -> change.accept(Objects.requireNonNull(entityManager.find(type, id), "no such order")));
    }

    /** Spring's shared proxy, as it is injected into services. */
    EntityManager entityManager() {
        return entityManager;
    }

    SessionFactory factory() {
        return factory;
    }

    DataSource pool() {
        return pool;
    }

    JpaTransactionManager transactionManager() {
        return transactionManager;
    }

    @Override
    public void close() {
        factory.close();
        pool.close();
    }
}
