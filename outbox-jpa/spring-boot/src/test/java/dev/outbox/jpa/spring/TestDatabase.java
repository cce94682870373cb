package dev.outbox.jpa.spring;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.DynamicPropertyRegistry;

/** A real PostgreSQL, one for the JVM. Every test begins with an empty outbox as the library's own DDL makes it. */
final class TestDatabase implements BeforeEachCallback {

    private static final String NAME = "application";
    private static @Nullable PostgresServer server;

    @Override
    public void beforeEach(ExtensionContext context) {
        execute("DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                + "CREATE TABLE person (id uuid PRIMARY KEY, name text);" + OutboxTable.ddl());
    }

    /** What application.properties would say. */
    static String[] properties() {
        return new String[] {
            "spring.datasource.url=" + server().url(NAME),
            "spring.datasource.username=" + server().user(),
            "spring.datasource.hikari.maximum-pool-size=4",
        };
    }

    /** The same for a context of Spring's test framework. */
    static void properties(DynamicPropertyRegistry registry) {
        for (String property : properties()) {
            int end = property.indexOf('=');
            registry.add(property.substring(0, end), () -> property.substring(end + 1));
        }
    }

    void execute(String sql) {
        server().execute(NAME, sql);
    }

    /** The rows of the outbox in the order of their ids, every column as text. */
    List<Map<String, @Nullable String>> events() {
        return query("SELECT * FROM public.outbox ORDER BY id");
    }

    List<Map<String, @Nullable String>> query(String sql) {
        try (Connection connection = server().connect(NAME);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<Map<String, @Nullable String>> rows = new ArrayList<>();
            while (result.next()) {
                Map<String, @Nullable String> row = new LinkedHashMap<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.put(result.getMetaData().getColumnLabel(i), result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static synchronized PostgresServer server() {
        if (server == null) {
            server = PostgresServer.start();
            server.createDatabase(NAME);
        }
        return server;
    }
}
