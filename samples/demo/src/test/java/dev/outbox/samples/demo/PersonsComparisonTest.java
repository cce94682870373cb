package dev.outbox.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PersonsComparisonTest {

    private static final String LOW = "00000000-0000-0000-0000-000000000001";
    private static final String MIDDLE = "70000000-0000-0000-0000-000000000002";
    private static final String HIGH = "f0000000-0000-0000-0000-000000000003";

    private PostgresServer postgres;
    private Connection source;
    private Connection destination;

    @BeforeEach
    void start() throws SQLException {
        postgres = PostgresServer.start();
        source = withPersons("source");
        destination = withPersons("destination");
    }

    @AfterEach
    void stop() throws SQLException {
        source.close();
        destination.close();
        postgres.close();
    }

    @Test
    void equal_tables_have_no_differences_and_any_other_row_is_named() throws SQLException {
        assertThat(differences()).isEmpty();

        insert(source, LOW, "Ada");
        insert(source, HIGH, "Tony");
        insert(destination, LOW, "Ada");
        insert(destination, HIGH, "Tony");
        assertThat(differences()).isEmpty();

        insert(source, MIDDLE, "Ken");
        assertThat(differences()).singleElement().asString().contains("missing at the destination", MIDDLE);

        insert(destination, MIDDLE, "Kenneth");
        assertThat(differences()).singleElement().asString().contains("Ken,", "Kenneth");

        execute(source, "DELETE FROM persons WHERE id = '" + HIGH + "'");
        execute(source, "UPDATE persons SET name = 'Kenneth'");
        execute(destination, "UPDATE persons SET name = 'Kenneth'");
        assertThat(differences()).singleElement().asString().contains("only at the destination", HIGH);
    }

    @Test
    void the_first_differences_are_named_and_all_are_counted() throws SQLException {
        execute(source, "INSERT INTO persons SELECT gen_random_uuid(), 'N', 'C' FROM generate_series(1, 100)");

        assertThat(differences()).hasSize(6).last().isEqualTo("100 of 100 persons differ in all");
    }

    private List<String> differences() {
        return PersonsComparison.differences(source, destination);
    }

    private Connection withPersons(String database) throws SQLException {
        postgres.createDatabase(database);
        Connection connection = postgres.connect(database);
        execute(connection, "CREATE TABLE persons (id uuid PRIMARY KEY, name text, city text)");
        return connection;
    }

    private static void insert(Connection connection, String id, String name) throws SQLException {
        execute(connection, "INSERT INTO persons VALUES ('" + id + "', '" + name + "', 'Wien')");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
