package dev.outbox.jpa;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.narayana.NarayanaTransactionIntegration;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.PersistenceUnitTransactionType;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.SQLException;
import org.hibernate.engine.transaction.jta.platform.internal.JBossStandAloneJtaPlatform;
import org.postgresql.Driver;
import org.postgresql.xa.PGXADataSource;

/** Hibernate on Narayana's transactions: how its connections take part in them, and how Hibernate is told of their end. */
enum JtaStack {
    /** The driver's XA connections, which two-phase commits need; Hibernate among all synchronizations. */
    XA {
        @Override
        Class<?> connections() {
            return PGXADataSource.class;
        }

        @Override
        Object platform() {
            return new JBossStandAloneJtaPlatform();
        }
    },

    /** Ordinary connections, enlisted by the pool; Hibernate as an interposed synchronization. So has it Quarkus. */
    LOCAL_AND_INTERPOSED {
        @Override
        Class<?> connections() {
            return Driver.class;
        }

        @Override
        Object platform() {
            return new InterposedPlatform();
        }
    };

    static final TransactionManager TRANSACTIONS = com.arjuna.ats.jta.TransactionManager.transactionManager();
    static final TransactionSynchronizationRegistry SYNCHRONIZATIONS =
            new com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple();

    abstract Class<?> connections();

    abstract Object platform();

    EntityManagerFactory start(TestDatabase database) {
        return new PersistenceConfiguration("jta-" + name())
                .transactionType(PersistenceUnitTransactionType.JTA)
                .managedClass(Person.class)
                .managedClass(Order.class)
                .managedClass(Order.Line.class)
                .managedClass(Ticket.class)
                .property("jakarta.persistence.jtaDataSource", database.calls().watch(pool(database.url())))
                .property("hibernate.transaction.jta.platform", platform())
                .createEntityManagerFactory();
    }

    private AgroalDataSource pool(String url) {
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(10)
                            .transactionIntegration(new NarayanaTransactionIntegration(TRANSACTIONS, SYNCHRONIZATIONS))
                            .connectionFactoryConfiguration(connection -> connection
                                    .connectionProviderClass(connections())
                                    .jdbcUrl(url)
                                    .principal(new NamePrincipal("postgres")))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class InterposedPlatform extends JBossStandAloneJtaPlatform {

        private static final long serialVersionUID = 1L;

        @Override
        public void registerSynchronization(Synchronization synchronization) {
            SYNCHRONIZATIONS.registerInterposedSynchronization(synchronization);
        }
    }
}
