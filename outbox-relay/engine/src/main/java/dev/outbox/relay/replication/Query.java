package dev.outbox.relay.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A query whose answer is short, as text: the catalog's. */
final class Query {

    private Query() {}

    /** The rows, each by its columns' names; a NULL is absent. A column that this server doesn't have is absent, too. */
    static List<Row> rows(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<Row> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(row(result));
                }
            }
            return rows;
        }
    }

    private static Row row(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String value = result.getString(i);
            if (value != null) {
                values.put(columns.getColumnLabel(i), value);
            }
        }
        return new Row(values);
    }

    /** The first row, if there is one. */
    static Optional<Row> first(Connection connection, String sql, Object... parameters) throws SQLException {
        return rows(connection, sql, parameters).stream().findFirst();
    }

    /** The values of the first column. */
    static List<String> texts(Connection connection, String sql, Object... parameters) throws SQLException {
        return rows(connection, "SELECT * FROM (" + sql + ") AS answer (text)", parameters).stream()
                .map(row -> row.text("text"))
                .toList();
    }

    /** What a configuration parameter of the server is set to; empty where it has none of that name. */
    static String setting(Connection connection, String name) throws SQLException {
        return texts(connection, "SELECT coalesce(current_setting(?, true), '')", name)
                .get(0);
    }

    record Row(Map<String, String> values) {

        @Nullable String get(String column) {
            return values.get(column);
        }

        /** Empty for NULL. */
        String text(String column) {
            return values.getOrDefault(column, "");
        }

        boolean is(String column) {
            return text(column).equals("t");
        }

        /** -1 for NULL. */
        long number(String column) {
            String value = values.get(column);
            return value == null ? -1 : Long.parseLong(value);
        }
    }
}
