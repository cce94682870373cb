package dev.outbox.jpa;

import dev.outbox.EventRecorder;
import dev.outbox.EventRecorders;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.AutoFlushEvent;
import org.hibernate.event.spi.AutoFlushEventListener;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;
import org.hibernate.event.spi.FlushEvent;
import org.hibernate.event.spi.FlushEventListener;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.jspecify.annotations.Nullable;

/** Tells the unit of work what the session does with entities. One for each factory that is harvested. */
final class HibernateListener
        implements FlushEntityEventListener,
                FlushEventListener,
                AutoFlushEventListener,
                MergeEventListener,
                PersistEventListener,
                PreDeleteEventListener {

    private static final long serialVersionUID = 1L;

    private static @Nullable UnitOfWork unitOf(SharedSessionContractImplementor session) {
        for (EventRecorder recorder : EventRecorders.ofCurrentThread()) {
            if (recorder instanceof UnitOfWork unit && unit.session().isIn(session)) {
                return unit;
            }
        }
        return null;
    }

    @Override
    public void onFlushEntity(FlushEntityEvent event) {
        if (EventRecorders.nothingHeld() || !Aggregates.is(event.getEntity())) {
            return;
        }
        UnitOfWork unit = unitOf(event.getSession());
        EntityEntry entry = event.getEntityEntry();
        if (unit != null && entry != null) {
            unit.held(event.getEntity(), event.getEntity());
            Object proxy = event.getSession().getPersistenceContextInternal().getProxy(entry.getEntityKey());
            if (proxy != null) {
                unit.held(proxy, event.getEntity());
            }
        }
    }

    @Override
    public void onFlush(FlushEvent event) {
        flushed(event.getSession());
    }

    @Override
    public void onAutoFlush(AutoFlushEvent event) {
        if (event.isFlushRequired()) {
            flushed(event.getSession());
        }
    }

    private void flushed(SharedSessionContractImplementor session) {
        UnitOfWork unit = unitOf(session);
        if (unit != null && unit.session() instanceof HibernateEntities entities) {
            entities.attachAll();
            unit.flushed(entities.of(session));
        }
    }

    @Override
    public void onMerge(MergeEvent event) {
        Object original = event.getOriginal();
        Object copy = event.getResult();
        if (original == null || copy == null || !Aggregates.is(original)) {
            return;
        }
        UnitOfWork unit = unitOf(event.getSession());
        if (unit != null) {
            unit.merged(original, copy);
            // Behind a detached proxy is the instance whose methods have recorded.
            Object behind = event.getEntity();
            if (behind != null && behind != original) {
                unit.merged(behind, copy);
            }
        }
    }

    @Override
    public void onMerge(MergeEvent event, MergeContext merged) {
        onMerge(event);
    }

    @Override
    public void onPersist(PersistEvent event) {
        Object entity = event.getObject();
        // Not left to the flush: the context may be cleared before it.
        if (entity != null && !EventRecorders.nothingHeld() && Aggregates.is(entity)) {
            UnitOfWork unit = unitOf(event.getSession());
            if (unit != null) {
                unit.held(entity, entity);
            }
        }
    }

    @Override
    public void onPersist(PersistEvent event, PersistContext persisted) {
        onPersist(event);
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        UnitOfWork unit = unitOf(HibernateDeletion.of(event));
        if (unit != null) {
            unit.removing(event.getEntity());
        }
        return false;
    }
}
