package dev.outbox.samples.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Compares the persons of two databases row by row. */
final class PersonsComparison {

    private static final int EXAMPLES = 5;
    private static final String SQL = "SELECT id, name, city FROM persons ORDER BY id";

    private final List<String> examples = new ArrayList<>();
    private long rows;
    private long differences;

    private PersonsComparison() {}

    /** A sentence for each of the first few differences and one with their number; empty if the tables are equal. */
    static List<String> differences(Connection source, Connection destination) {
        PersonsComparison comparison = new PersonsComparison();
        try (Statement expected = source.createStatement();
                Statement actual = destination.createStatement()) {
            comparison.compare(expected.executeQuery(SQL), actual.executeQuery(SQL));
        } catch (SQLException e) {
            throw new IllegalStateException("The persons can't be compared: " + e.getMessage(), e);
        }
        return comparison.sentences();
    }

    private void compare(ResultSet source, ResultSet destination) throws SQLException {
        Row expected = next(source);
        Row actual = next(destination);
        while (expected != null || actual != null) {
            rows++;
            int order = order(expected, actual);
            if (order < 0) {
                differ("missing at the destination: " + expected);
            } else if (order > 0) {
                differ("only at the destination: " + actual);
            } else if (!Objects.equals(expected, actual)) {
                differ("at the source " + expected + ", at the destination " + actual);
            }
            expected = order <= 0 ? next(source) : expected;
            actual = order >= 0 ? next(destination) : actual;
        }
    }

    /** PostgreSQL orders uuid by its bytes, unsigned, as their text does; UUID.compareTo doesn't. */
    private static int order(@Nullable Row expected, @Nullable Row actual) {
        if (expected == null) {
            return 1;
        }
        return actual == null
                ? -1
                : expected.id().toString().compareTo(actual.id().toString());
    }

    private static @Nullable Row next(ResultSet rows) throws SQLException {
        return rows.next() ? new Row(rows.getObject(1, UUID.class), rows.getString(2), rows.getString(3)) : null;
    }

    private void differ(String difference) {
        differences++;
        if (examples.size() < EXAMPLES) {
            examples.add("person " + difference);
        }
    }

    private List<String> sentences() {
        if (differences > examples.size()) {
            examples.add(differences + " of " + rows + " persons differ in all");
        }
        return List.copyOf(examples);
    }

    private record Row(UUID id, String name, String city) {}
}
