package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxTable.Column;
import org.junit.jupiter.api.Test;

class OutboxTableTest {

    @Test
    void every_default_column_is_in_the_ddl() {
        for (Column column : Column.values()) {
            assertThat(OutboxTable.ddl()).containsPattern("(?m)^ {4}" + column.defaultName() + " ");
        }
        assertThat(OutboxTable.ddl()).contains("CREATE TABLE " + OutboxTable.DEFAULT + " (");
    }

    @Test
    void the_ddl_can_be_had_with_other_names() {
        String sql = OutboxTable.named("My Schema", "Out")
                .withColumn(Column.AGGREGATE_TYPE, "kind")
                .withColumn(Column.TYPE, "aggregatetype")
                .createSql();

        assertThat(sql)
                .contains("CREATE TABLE IF NOT EXISTS \"My Schema\".\"Out\" (")
                .containsPattern("(?m)^ {4}\"kind\" +varchar\\(255\\) NOT NULL, +-- routes")
                .containsPattern("(?m)^ {4}\"aggregatetype\" +varchar\\(255\\) NOT NULL, +-- stable event name")
                .containsPattern("(?m)^ {4}\"id\" +uuid +PRIMARY KEY");
        assertThat(sql.lines().count()).isEqualTo(OutboxTable.ddl().lines().count());
    }

    @Test
    void every_name_can_be_changed_and_is_taken_literally() {
        OutboxTable table = OutboxTable.named("My Schema", "Out").withColumn(Column.PAYLOAD, "Body");
        assertThat(table.qualifiedName()).isEqualTo("\"My Schema\".\"Out\"");
        assertThat(table.column(Column.PAYLOAD)).isEqualTo("Body");
        assertThat(table.column(Column.ID)).isEqualTo("id");
        assertThat(table)
                .isEqualTo(OutboxTable.named("My Schema", "Out").withColumn(Column.PAYLOAD, "Body"))
                .isNotEqualTo(OutboxTable.named("My Schema", "Out"));
    }

    @Test
    void a_table_may_lack_what_is_not_required() {
        OutboxTable table = OutboxTable.DEFAULT.without(Column.HEADERS).without(Column.OCCURRED_AT);
        assertThat(table.has(Column.HEADERS)).isFalse();
        assertThat(table.has(Column.OCCURRED_AT)).isFalse();
        assertThat(table.has(Column.XID)).isTrue();
        assertThat(table).isNotEqualTo(OutboxTable.DEFAULT);
        assertThatThrownBy(() -> table.without(Column.PAYLOAD)).hasMessageContaining("'payload' is required");
    }

    @Test
    void names_that_postgresql_does_not_have_are_refused() {
        assertThatThrownBy(() -> OutboxTable.named("a\"b", "t")).isInstanceOf(OutboxException.class);
        assertThatThrownBy(() -> OutboxTable.named("a", "")).hasMessageContaining("table name");
        assertThatThrownBy(() -> OutboxTable.DEFAULT.withColumn(Column.ID, "x".repeat(64)))
                .hasMessageContaining("column name");
    }
}
