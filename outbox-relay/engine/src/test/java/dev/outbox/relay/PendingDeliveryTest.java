package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingDeliveryTest {

    private static final StreamOrigin ORIGIN =
            new StreamOrigin(new SourceIdentity("1", "s", 1, 1, 1), 1, LogSequenceNumber.INVALID);
    private static final Duration NOW = Duration.ZERO;

    private final DeliveryBuffer buffer = new DeliveryBuffer(1_000);
    private final AckTracker acks = new AckTracker(Acknowledged.at(LogSequenceNumber.INVALID));

    @Test
    void an_acknowledgement_counts_once() throws Exception {
        acks.begin();
        PendingDelivery one = delivery();
        PendingDelivery other = delivery();
        acks.commit(new LogSequenceNumber(9));
        buffer.offer(one, one.size(), NOW);
        buffer.offer(other, other.size(), NOW);

        one.ack();
        one.ack();
        one.fail(new IllegalStateException("too late"));

        assertThat(acks.acknowledged().confirmableLsn()).isEqualTo(LogSequenceNumber.INVALID);
        assertThat(buffer.bytes()).isEqualTo(other.size());
        assertThat(buffer.hasFailed()).isFalse();
        other.ack();
        assertThat(acks.acknowledged().confirmableLsn()).isEqualTo(new LogSequenceNumber(9));
        assertThat(buffer.bytes()).isZero();
    }

    @Test
    void after_a_failure_an_acknowledgement_is_too_late() throws Exception {
        acks.begin();
        PendingDelivery failed = delivery();
        acks.commit(new LogSequenceNumber(9));
        failed.fail(new IllegalStateException("no"));
        failed.ack();

        assertThat(acks.acknowledged().confirmableLsn()).isEqualTo(LogSequenceNumber.INVALID);
        assertThatThrownBy(() -> buffer.drain(NOW))
                .hasMessageContaining("1:0/7#0")
                .hasMessageContaining("no");
    }

    @Test
    void there_is_room_for_so_many_bytes_and_for_one_larger_delivery_alone() throws Exception {
        PendingDelivery delivery = delivery();
        assertThat(buffer.offer(delivery, 600, NOW)).isTrue();
        assertThat(buffer.offer(delivery, 401, NOW)).isFalse();
        assertThat(buffer.offer(delivery, 400, NOW)).isTrue();
        buffer.release(1_000);
        assertThat(buffer.offer(delivery, 5_000, NOW)).isTrue();
        assertThat(buffer.offer(delivery, 1, NOW)).isFalse();
        assertThat(buffer.drain(NOW)).hasSize(3);
        assertThat(buffer.offer(delivery, 1, NOW)).isFalse();
    }

    @Test
    void an_offer_that_waits_goes_on_when_room_is_made() throws Exception {
        assertThat(buffer.offer(delivery(), 1_000, NOW)).isTrue();
        Thread acknowledging = new Thread(() -> buffer.release(1_000));
        acknowledging.start();
        assertThat(buffer.offer(delivery(), 1_000, Duration.ofSeconds(20))).isTrue();
        acknowledging.join();
    }

    @Test
    void the_first_failure_is_the_one_that_is_told() {
        buffer.fail(new RelayException("first", true, null));
        buffer.fail(new RelayException("second", false, null));
        assertThatThrownBy(() -> buffer.drain(NOW)).hasMessage("first");
    }

    private PendingDelivery delivery() {
        RelayRecord record = new RelayRecord("t", new byte[3], new byte[40], List.of(), 0);
        return new PendingDelivery(
                record, null, acks.deliver(new Begin(new LogSequenceNumber(7), 0, 1), 0), buffer, ORIGIN, 0);
    }
}
