package dev.outbox.jpa;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What reaches the driver: wraps a DataSource and notes the calls on statements whose SQL names the outbox table. */
final class JdbcCalls {

    private final List<String> calls = new ArrayList<>();

    DataSource watch(DataSource dataSource) {
        return proxy(DataSource.class, (method, args) -> {
            Object result = invoke(dataSource, method, args);
            return result instanceof Connection connection ? watch(connection) : result;
        });
    }

    private Connection watch(Connection connection) {
        return proxy(Connection.class, (method, args) -> {
            Object result = invoke(connection, method, args);
            if (method.getName().equals("commit")) {
                calls.add("commit");
            }
            if (result instanceof PreparedStatement statement && args != null) {
                String sql = (String) args[0];
                calls.add("prepare " + sql);
                return sql.contains("outbox") ? watch(statement) : statement;
            }
            return result;
        });
    }

    private PreparedStatement watch(PreparedStatement statement) {
        return proxy(PreparedStatement.class, (method, args) -> {
            if (method.getName().startsWith("execute") || method.getName().equals("addBatch")) {
                calls.add(method.getName());
            }
            return invoke(statement, method, args);
        });
    }

    void forget() {
        calls.clear();
    }

    /** The calls since the last {@link #forget}, in order. */
    List<String> seen() {
        return List.copyOf(calls);
    }

    long count(String call) {
        return calls.stream().filter(call::equals).count();
    }

    private interface Call {
        @Nullable Object invoke(Method method, Object @Nullable [] args) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> call.invoke(method, args)));
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
