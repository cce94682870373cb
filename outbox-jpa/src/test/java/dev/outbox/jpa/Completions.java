package dev.outbox.jpa;

import jakarta.persistence.EntityManager;
import jakarta.transaction.Synchronization;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
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

    /**
     * Where callbacks of the action queue are registered that act before the completion. Its types and their place have
     * changed since Hibernate 6, and a life-cycle callback may not ask a session of Hibernate 8 for it.
     */
    static Consumer<Runnable> callbacks(EntityManager em) {
        ClassLoader hibernate = SessionImplementor.class.getClassLoader();
        boolean since7 = hibernate.getResource("org/hibernate/engine/spi/TransactionCompletionCallbacks.class") != null;
        try {
            Class<?> type = Class.forName(
                    since7
                            ? "org.hibernate.engine.spi.TransactionCompletionCallbacks$BeforeCompletionCallback"
                            : "org.hibernate.action.spi.BeforeTransactionCompletionProcess",
                    false,
                    hibernate);
            Method get =
                    SessionImplementor.class.getMethod(since7 ? "getTransactionCompletionCallbacks" : "getActionQueue");
            Method register = get.getReturnType().getMethod(since7 ? "registerCallback" : "registerProcess", type);
            Object registry = get.invoke(em.unwrap(SessionImplementor.class));
            return action -> register(register, registry, callback(type, action));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void register(Method register, Object registry, Object callback) {
        try {
            register.invoke(registry, callback);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object callback(Class<?> type, Runnable action) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == args[0];
                default -> {
                    action.run();
                    yield null;
                }
            };
        });
    }
}
