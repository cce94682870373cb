package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.RelayException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.junit.jupiter.api.Test;

class KafkaErrorsTest {

    @Test
    void a_commit_that_comes_after_the_brokers_own_abort_tells_of_the_timeout() {
        InvalidTxnStateException answer = new InvalidTxnStateException("The state is COMPLETE_ABORT.");

        RelayException sentence = KafkaErrors.transaction(new KafkaException("Can't go on", answer));

        assertThat(sentence)
                .hasMessageContaining("a transaction was open for longer than transaction.timeout.ms")
                .extracting(RelayException::retriable)
                .isEqualTo(true);
    }
}
