package dev.outbox.jpa;

import jakarta.persistence.EntityManager;
import jakarta.transaction.Synchronization;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;

/** What an application can hang on the end of a transaction of Hibernate, in whatever way its version has. */
final class Completions {

    private Completions() {}

    /** A synchronization that acts before the completion. */
    static void before(EntityManager em, Runnable action) {
        register(em, action, () -> {});
    }

    /** A synchronization that acts after the completion. */
    static void after(EntityManager em, Runnable action) {
        register(em, () -> {}, action);
    }

    private static void register(EntityManager em, Runnable before, Runnable after) {
        em.unwrap(Session.class).getTransaction().registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                before.run();
            }

            @Override
            public void afterCompletion(int status) {
                after.run();
            }
        });
    }

    /** A callback of the action queue before the completion: its types and their place have changed since Hibernate 6. */
    static void callback(SessionImplementor session, Runnable action) {
        try {
            ClassLoader hibernate = SessionImplementor.class.getClassLoader();
            boolean since7 =
                    hibernate.getResource("org/hibernate/engine/spi/TransactionCompletionCallbacks.class") != null;
            Class<?> type = Class.forName(
                    since7
                            ? "org.hibernate.engine.spi.TransactionCompletionCallbacks$BeforeCompletionCallback"
                            : "org.hibernate.action.spi.BeforeTransactionCompletionProcess",
                    false,
                    hibernate);
            Object callback = Proxy.newProxyInstance(hibernate, new Class<?>[] {type}, (self, method, args) -> {
                return switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == args[0];
                    default -> {
                        action.run();
                        yield null;
                    }
                };
            });
            Method registry =
                    SessionImplementor.class.getMethod(since7 ? "getTransactionCompletionCallbacks" : "getActionQueue");
            registry.getReturnType()
                    .getMethod(since7 ? "registerCallback" : "registerProcess", type)
                    .invoke(registry.invoke(session), callback);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
