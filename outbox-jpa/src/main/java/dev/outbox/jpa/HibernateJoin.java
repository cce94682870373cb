package dev.outbox.jpa;

import org.hibernate.resource.jdbc.spi.JdbcSessionOwner;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;

/** The owner of a JTA transaction, as Hibernate knows it, and its unit of work, which is told of the join. */
record HibernateJoin(TransactionCoordinatorOwner owner, UnitOfWork unit) implements TransactionCoordinatorOwner {

    @Override
    public boolean isActive() {
        return owner.isActive();
    }

    @Override
    public void startTransactionBoundary() {
        owner.startTransactionBoundary();
        unit.begin();
    }

    @Override
    public void afterTransactionBegin() {
        owner.afterTransactionBegin();
    }

    @Override
    public void beforeTransactionCompletion() {
        owner.beforeTransactionCompletion();
    }

    @Override
    public void afterTransactionCompletion(boolean successful, boolean delayed) {
        owner.afterTransactionCompletion(successful, delayed);
    }

    @Override
    public JdbcSessionOwner getJdbcSessionOwner() {
        return owner.getJdbcSessionOwner();
    }

    @Override
    public void setTransactionTimeOut(int seconds) {
        owner.setTransactionTimeOut(seconds);
    }

    @Override
    public void flushBeforeTransactionCompletion() {
        owner.flushBeforeTransactionCompletion();
    }
}
