package dev.outbox.jpa;

import static dev.outbox.jpa.JtaStack.TRANSACTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.transaction.RollbackException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A transaction of two resources, PostgreSQL and another one: both commit, with the event, or neither. */
class JtaTwoPhaseTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static EntityManagerFactory factory;

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

    @BeforeAll
    static void start() {
        factory = JtaStack.XA.start(database);
    }

    @Test
    void the_row_is_prepared_and_committed_with_the_other_resource() throws Exception {
        OtherResource other = new OtherResource(XAResource.XA_OK);
        publishWith(other);
        TRANSACTIONS.commit();
        assertThat(other.preparedWithPostgres).isEqualTo(1);
        assertThat(other.committed).isTrue();
        assertThat(database.rows()).hasSize(1);
        assertThat(database.people()).isEqualTo(1);
    }

    @Test
    void a_veto_of_the_other_resource_leaves_nothing() throws Exception {
        OtherResource other = new OtherResource(XAException.XA_RBROLLBACK);
        publishWith(other);
        assertThatThrownBy(TRANSACTIONS::commit).isInstanceOf(RollbackException.class);
        assertThat(other.preparedWithPostgres).isEqualTo(1);
        assertThat(database.rows()).isEmpty();
        assertThat(database.people()).isZero();
        assertThat(prepared()).isZero();
    }

    private void publishWith(OtherResource other) throws Exception {
        TRANSACTIONS.begin();
        try (EntityManager em = factory.createEntityManager()) {
            em.persist(new Person("Ada"));
            // Enlists PostgreSQL as the first resource.
            em.flush();
            jpaOutbox.on(em).publish("Person", 1, new PersonRegistered("Ada"));
            TRANSACTIONS.getTransaction().enlistResource(other);
        }
    }

    private static int prepared() {
        return database.query("SELECT gid FROM pg_prepared_xacts").size();
    }

    /** Votes as it is told, and looks at what PostgreSQL has prepared by then. */
    private static final class OtherResource implements XAResource {

        private final int vote;
        private int preparedWithPostgres;
        private boolean committed;

        OtherResource(int vote) {
            this.vote = vote;
        }

        @Override
        public int prepare(Xid xid) throws XAException {
            preparedWithPostgres = prepared();
            if (vote != XA_OK) {
                throw new XAException(vote);
            }
            return XA_OK;
        }

        @Override
        public void commit(Xid xid, boolean onePhase) {
            committed = true;
        }

        @Override
        public void rollback(Xid xid) {}

        @Override
        public void start(Xid xid, int flags) {}

        @Override
        public void end(Xid xid, int flags) {}

        @Override
        public void forget(Xid xid) {}

        @Override
        public Xid[] recover(int flags) {
            return new Xid[0];
        }

        @Override
        public boolean isSameRM(XAResource other) {
            return this == other;
        }

        @Override
        public int getTransactionTimeout() {
            return 0;
        }

        @Override
        public boolean setTransactionTimeout(int seconds) {
            return false;
        }
    }
}
