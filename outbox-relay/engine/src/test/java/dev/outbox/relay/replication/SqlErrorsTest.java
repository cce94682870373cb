package dev.outbox.relay.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxTable;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlErrorsTest {

    private static final Source SOURCE = new Source(
            "jdbc:postgresql://localhost/shop",
            "relay",
            null,
            Map.of(),
            "slot",
            "publication",
            OutboxTable.DEFAULT,
            Duration.ofSeconds(7),
            true);

    @Test
    void a_connection_that_is_lost_while_it_is_closed_is_nothing_to_mend_by_hand() {
        // As pgjdbc says it: without a SQLSTATE.
        SQLException atClose =
                new SQLException("Unable to close connection properly", "", new SocketException("Broken pipe"));

        assertThat(SqlErrors.onQuery(SOURCE, "check the server", atClose).retriable())
                .isTrue();
        assertThat(SqlErrors.onStart(SOURCE, atClose).retriable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "57P02", "57P03"})
    void a_server_that_goes_away_is_nothing_to_mend_by_hand(String state) {
        SQLException gone = new SQLException("FATAL: terminating connection", state);

        assertThat(SqlErrors.onQuery(SOURCE, "check the server", gone).retriable())
                .isTrue();
        assertThat(SqlErrors.onStart(SOURCE, gone).retriable()).isTrue();
    }

    @Test
    void what_the_server_refuses_has_to_be_mended() {
        SQLException refused = new SQLException("ERROR: permission denied", SqlErrors.INSUFFICIENT_PRIVILEGE);

        assertThat(SqlErrors.onQuery(SOURCE, "check the server", refused).retriable())
                .isFalse();
        assertThat(SqlErrors.onStart(SOURCE, refused).retriable()).isFalse();
    }
}
