package dev.outbox.jpa;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real PostgreSQL, one for the JVM, and Jakarta Persistence on it as an application would have it: no entity, no listener and no
 * setting of Outbox. Every test begins with an empty {@code public.outbox} as the library's own DDL makes it.
 */
final class TestDatabase implements BeforeEachCallback {

    private static final String NAME = "application";
    private static @Nullable PostgresServer server;
    private static @Nullable EntityManagerFactory factory;
    private static @Nullable DataSource watched;
    private static @Nullable JpaOutbox harvesting;
    private static final JdbcCalls CALLS = new JdbcCalls();

    @Override
    public void beforeEach(ExtensionContext context) {
        start();
        execute("DROP TABLE IF EXISTS public.outbox; DELETE FROM Person; DELETE FROM OrderLine; DELETE FROM orders;"
                + OutboxTable.ddl());
        CALLS.forget();
    }

    EntityManagerFactory factory() {
        return start();
    }

    /** The outbox that harvests the factory: the one of the JVM. */
    synchronized JpaOutbox harvested() {
        if (harvesting == null) {
            harvesting = JpaOutbox.builder().harvest(factory()).build();
        }
        return harvesting;
    }

    JdbcCalls calls() {
        return CALLS;
    }

    /** Runs a unit of work in a transaction of its own EntityManager. */
    void inTransaction(Consumer<EntityManager> work) {
        try (EntityManager entityManager = factory().createEntityManager()) {
            inTransaction(entityManager, work);
        }
    }

    /** Runs a unit of work in a transaction of the EntityManager given. */
    static void inTransaction(EntityManager entityManager, Consumer<EntityManager> work) {
        entityManager.getTransaction().begin();
        try {
            work.accept(entityManager);
            entityManager.getTransaction().commit();
        } finally {
            if (entityManager.getTransaction().isActive()) {
                entityManager.getTransaction().rollback();
            }
        }
    }

    /** A connection of its own, in autocommit mode; the caller closes it. */
    Connection connect() {
        try {
            return server().connect(NAME);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the EntityManagers use, watched as they are. */
    DataSource dataSource() {
        start();
        return Objects.requireNonNull(watched);
    }

    String url() {
        return server().url(NAME);
    }

    void execute(String sql) {
        server().execute(NAME, sql);
    }

    /** The rows of the outbox in the order of their ids, every column as text. */
    List<Map<String, @Nullable String>> rows() {
        return query("SELECT * FROM public.outbox ORDER BY id");
    }

    long people() {
        return query("SELECT id FROM Person").size();
    }

    List<Map<String, @Nullable String>> query(String sql) {
        try (Connection connection = server().connect(NAME);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<Map<String, @Nullable String>> rows = new ArrayList<>();
            while (result.next()) {
                Map<String, @Nullable String> row = new LinkedHashMap<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.put(result.getMetaData().getColumnLabel(i), result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static PostgresServer server() {
        start();
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server;
    }

    private static synchronized EntityManagerFactory start() {
        if (factory == null) {
            // For the two phases of JTA.
            PostgresServer started = PostgresServer.start(Map.of("max_prepared_transactions", "10"));
            HikariConfig pool = new HikariConfig();
            pool.setJdbcUrl(started.createDatabase(NAME));
            pool.setUsername(started.user());
            // No test crashes this server. A single thread that waits for itself must not do so for ever.
            pool.setConnectionInitSql("SET synchronous_commit = off; SET lock_timeout = '5s'");
            server = started;
            watched = CALLS.watch(new HikariDataSource(pool));
            factory = createFactory("create");
        }
        return factory;
    }

    /** One more factory on the same tables; the caller closes it. */
    EntityManagerFactory anotherFactory() {
        start();
        return createFactory("none");
    }

    /** A factory of Hibernate of any version, of these entities alone, whose tables are made anew; the caller closes it. */
    EntityManagerFactory factoryOf(List<Class<?>> entities) {
        start();
        return createFactory("none-of-its-own", "drop-and-create", Map.of("hibernate.loaded_classes", entities));
    }

    private static EntityManagerFactory createFactory(String schema) {
        return createFactory(NAME, schema, Map.of());
    }

    private static EntityManagerFactory createFactory(String unit, String schema, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("jakarta.persistence.nonJtaDataSource", Objects.requireNonNull(watched));
        all.put("jakarta.persistence.schema-generation.database.action", schema);
        return Persistence.createEntityManagerFactory(unit, all);
    }
}
