package dev.outbox.jpa.benchmarks;

import com.gruelbox.transactionoutbox.NoTransactionActiveException;
import com.gruelbox.transactionoutbox.ThreadLocalContextTransactionManager;
import com.gruelbox.transactionoutbox.ThrowingTransactionalSupplier;
import com.gruelbox.transactionoutbox.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has transaction-outbox join Spring's transactions. As its own manager for plain JDBC does, one statement serves all
 * calls of a transaction, and is executed once as a batch.
 */
final class JoinedTransactions implements ThreadLocalContextTransactionManager {

    private final DataSource dataSource;
    private final TransactionTemplate newTransaction;

    JoinedTransactions(PlatformTransactionManager transactions, DataSource dataSource) {
        this.dataSource = dataSource;
        this.newTransaction = new TransactionTemplate(transactions);
        newTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public <T, E extends Exception> T requireTransactionReturns(ThrowingTransactionalSupplier<T, E> work)
            throws E, NoTransactionActiveException {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new NoTransactionActiveException();
        }
        return work.doWork(current());
    }

    @Override
    public <T, E extends Exception> T inTransactionReturnsThrows(ThrowingTransactionalSupplier<T, E> work) {
        return newTransaction.execute(status -> {
            try {
                return work.doWork(current());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Joined current() {
        if (TransactionSynchronizationManager.getResource(this) instanceof Joined joined) {
            return joined;
        }
        Joined joined = new Joined();
        TransactionSynchronizationManager.bindResource(this, joined);
        TransactionSynchronizationManager.registerSynchronization(joined);
        return joined;
    }

    private final class Joined implements Transaction, TransactionSynchronization {

        private final Map<String, PreparedStatement> statements = new HashMap<>();
        private final List<Runnable> hooks = new ArrayList<>();

        @Override
        public Connection connection() {
            return DataSourceUtils.getConnection(dataSource);
        }

        @Override
        public PreparedStatement prepareBatchStatement(String sql) {
            return statements.computeIfAbsent(sql, any -> {
                try {
                    return connection().prepareStatement(sql);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        @Override
        public void addPostCommitHook(Runnable hook) {
            hooks.add(hook);
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            try {
                for (PreparedStatement statement : statements.values()) {
                    statement.executeBatch();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void beforeCompletion() {
            TransactionSynchronizationManager.unbindResource(JoinedTransactions.this);
            try {
                for (PreparedStatement statement : statements.values()) {
                    statement.close();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void afterCommit() {
            hooks.forEach(Runnable::run);
        }
    }
}
