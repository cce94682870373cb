package dev.outbox.jpa;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.PreDeleteEvent;

/**
 * {@code PreDeleteEvent.getSession()}, which returns an {@code EventSource} in Hibernate 6.6 and its supertype since 7. A
 * compiled call names the one or the other, and would fail to link on the other's version.
 */
final class DeletingSession {

    private static final MethodHandle GET_SESSION = getSession();

    private DeletingSession() {}

    private static MethodHandle getSession() {
        try {
            return MethodHandles.publicLookup()
                    .unreflect(PreDeleteEvent.class.getMethod("getSession"))
                    .asType(MethodType.methodType(SharedSessionContractImplementor.class, PreDeleteEvent.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("PreDeleteEvent has no getSession() in this version of Hibernate", e);
        }
    }

    static SharedSessionContractImplementor of(PreDeleteEvent event) {
        try {
            return (SharedSessionContractImplementor) GET_SESSION.invokeExact(event);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("getSession() declares no other", e);
        }
    }
}
