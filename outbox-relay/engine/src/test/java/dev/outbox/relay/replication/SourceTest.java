package dev.outbox.relay.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceTest {

    @Test
    void neither_the_url_nor_a_property_undoes_what_streaming_relies_on() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            Source source = new Source(
                    server.url("postgres") + "?socketTimeout=30&options=-c%20search_path=x&user=nobody",
                    server.user(),
                    null,
                    Map.of("socketTimeout", "20", "options", "-c work_mem=5MB"),
                    "slot",
                    "publication",
                    OutboxTable.DEFAULT,
                    Duration.ofSeconds(7),
                    true);
            try (Connection connection = source.connectForReplication()) {
                assertThat(connection.getNetworkTimeout()).isZero();
                assertThat(show(connection, "wal_sender_timeout")).isEqualTo("7s");
                assertThat(show(connection, "work_mem")).isEqualTo("5MB");
            }
        }
    }

    private static String show(Connection connection, String setting) throws Exception {
        try (ResultSet result = connection.createStatement().executeQuery("SHOW " + setting)) {
            result.next();
            return result.getString(1);
        }
    }
}
