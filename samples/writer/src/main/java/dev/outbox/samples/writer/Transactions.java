package dev.outbox.samples.writer;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.samples.cli.SampleException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs business transactions on the source database, and says of each how it ended. Safe for use by any threads. */
final class Transactions implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    private final HikariDataSource pool;
    private final EntityManagerFactory factory;
    private final JpaOutbox outbox = JpaOutbox.builder().build();
    private final Ledger ledger;

    private Transactions(HikariDataSource pool, EntityManagerFactory factory, Ledger ledger) {
        this.pool = pool;
        this.factory = factory;
        this.ledger = ledger;
    }

    /** Connects; makes the tables where they are missing. */
    static Transactions open(WriterSettings settings, Ledger ledger) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("writer");
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.username());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(settings.threads());
        config.setAutoCommit(false);
        config.setConnectionTimeout(10_000);
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.addDataSourceProperty("ApplicationName", "outbox-sample-writer");
        HikariDataSource pool = connect(config);
        return new Transactions(pool, factory(pool), ledger);
    }

    private static HikariDataSource connect(HikariConfig config) {
        try (Connection connection =
                DriverManager.getConnection(config.getJdbcUrl(), config.getUsername(), config.getPassword())) {
            Schema.create(connection);
        } catch (SQLException e) {
            throw new SampleException(
                    "The source database %s can't be used (%s); check --url, --username and --password."
                            .formatted(config.getJdbcUrl(), SqlErrors.firstLine(e)),
                    e);
        }
        return new HikariDataSource(config);
    }

    private static EntityManagerFactory factory(HikariDataSource pool) {
        return new PersistenceConfiguration("writer")
                .managedClass(Person.class)
                .transactionType(PersistenceUnitTransactionType.RESOURCE_LOCAL)
                .property("jakarta.persistence.nonJtaDataSource", pool)
                .property("hibernate.connection.provider_disables_autocommit", true)
                .property("hibernate.jdbc.batch_size", 50)
                .createEntityManagerFactory();
    }

    /** A new connection of the pool, not in autocommit mode; the caller ends its transaction and closes it. */
    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    /** Tries the work in a transaction, to its end; throws nothing that the database or the work can throw. */
    Outcome run(Work work) {
        EntityManager entityManager;
        try {
            entityManager = factory.createEntityManager();
        } catch (RuntimeException e) {
            return new Outcome.RolledBack(List.of(), e);
        }
        try {
            return run(work, entityManager);
        } finally {
            close(entityManager);
        }
    }

    private Outcome run(Work work, EntityManager entityManager) {
        EntityTransaction transaction = entityManager.getTransaction();
        PersonService service = new PersonService(entityManager, outbox.on(entityManager));
        try {
            transaction.begin();
            work.steps().accept(service);
            entityManager.<Connection>runWithConnection(c -> ledger.write(c, service.published()));
            undo(work.ending(), entityManager, service.published());
        } catch (RuntimeException e) {
            // COMMIT was not sent, so nothing of it can be committed, whether or not the rollback gets through.
            rollBack(transaction);
            return new Outcome.RolledBack(service.published(), isExpected(e) ? null : e);
        }
        return commit(transaction, service.published(), work.ending());
    }

    /** How the transaction ended is known by now, and a connection that can't be given back does not change it. */
    private static void close(EntityManager entityManager) {
        try {
            entityManager.close();
        } catch (RuntimeException e) {
            LOG.warn("An entity manager could not be closed: {}", SqlErrors.firstLine(e));
        }
    }

    private void undo(Work.Ending ending, EntityManager entityManager, List<LedgerEntry> published) {
        switch (ending) {
            case COMMIT -> {}
            case ROLL_BACK -> {
                entityManager.flush();
                entityManager.getTransaction().setRollbackOnly();
            }
            case FAIL -> {
                entityManager.flush();
                throw new DeliberateException();
            }
            case REFUSED_AT_COMMIT -> {
                LedgerEntry last = published.get(published.size() - 1);
                LedgerEntry second = new LedgerEntry(UUID.randomUUID(), last.aggregateId(), last.sequence());
                entityManager.<Connection>runWithConnection(c -> ledger.write(c, List.of(second)));
            }
        }
    }

    private static Outcome commit(EntityTransaction transaction, List<LedgerEntry> published, Work.Ending ending) {
        if (transaction.getRollbackOnly()) {
            rollBack(transaction);
            return new Outcome.RolledBack(published, null);
        }
        try {
            transaction.commit();
            return new Outcome.Committed(published);
        } catch (RuntimeException e) {
            if (!SqlErrors.isRefusal(e)) {
                return new Outcome.Unknown(published, e);
            }
            boolean expected = ending == Work.Ending.REFUSED_AT_COMMIT || isExpected(e);
            return new Outcome.RolledBack(published, expected ? null : e);
        }
    }

    private static boolean isExpected(RuntimeException e) {
        return e instanceof DeliberateException || e instanceof PersonGoneException || SqlErrors.isConflict(e);
    }

    private static void rollBack(EntityTransaction transaction) {
        try {
            if (transaction.isActive()) {
                transaction.rollback();
            }
        } catch (RuntimeException connectionLost) {
            // The server rolls back by itself then.
            return;
        }
    }

    @Override
    public void close() {
        factory.close();
        pool.close();
    }

    private static final class DeliberateException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        DeliberateException() {
            super("The business changed its mind.", null, false, false);
        }
    }
}
