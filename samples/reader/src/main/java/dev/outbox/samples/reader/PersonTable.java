package dev.outbox.samples.reader;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The persons of the read model, read and written many at a time. */
final class PersonTable {

    static final String DDL = """
            CREATE TABLE IF NOT EXISTS persons (
                id   uuid PRIMARY KEY,
                name text NOT NULL,
                city text NOT NULL
            )""";

    private final Connection connection;

    PersonTable(Connection connection) {
        this.connection = connection;
    }

    Map<UUID, PersonRow> select(Collection<UUID> ids) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id, name, city FROM persons WHERE id = ANY (?)")) {
            select.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
            Map<UUID, PersonRow> found = new HashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    PersonRow row = new PersonRow(rows.getObject(1, UUID.class), rows.getString(2), rows.getString(3));
                    found.put(row.id(), row);
                }
            }
            return found;
        }
    }

    /** Writes what is different. */
    void write(Map<UUID, PersonRow> before, Map<UUID, PersonRow> after) throws SQLException {
        upsert(after.values().stream()
                .filter(row -> !row.equals(before.get(row.id())))
                .toList());
        delete(before.keySet().stream().filter(id -> !after.containsKey(id)).toList());
    }

    private void upsert(List<PersonRow> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO persons (id, name, city) SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[])"
                        + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, city = excluded.city")) {
            upsert.setArray(1, array("uuid", rows.stream().map(PersonRow::id).toArray()));
            upsert.setArray(2, array("text", rows.stream().map(PersonRow::name).toArray()));
            upsert.setArray(3, array("text", rows.stream().map(PersonRow::city).toArray()));
            upsert.executeUpdate();
        }
    }

    private void delete(List<UUID> ids) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM persons WHERE id = ANY (?)")) {
            delete.setArray(1, array("uuid", ids.toArray()));
            delete.executeUpdate();
        }
    }

    private Array array(String type, Object[] values) throws SQLException {
        return connection.createArrayOf(type, values);
    }
}
