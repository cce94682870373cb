package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AckTrackerTest {

    private final AckTracker acks = new AckTracker(Acknowledged.at(LogSequenceNumber.INVALID));
    private long begun;

    @Test
    void nothing_is_confirmable_at_first() {
        assertThat(confirmable()).isEqualTo(LogSequenceNumber.INVALID);
    }

    @Test
    void a_transaction_is_confirmable_once_all_of_it_is_acknowledged_and_its_commit_read() {
        acks.begin();
        InFlightTransaction first = deliver();
        InFlightTransaction second = deliver();
        first.acked();
        second.acked();
        assertThat(confirmable()).isEqualTo(LogSequenceNumber.INVALID);

        deliver();
        acks.commit(lsn(100));
        assertThat(confirmable()).isEqualTo(LogSequenceNumber.INVALID);

        second.acked();
        assertThat(confirmable()).isEqualTo(lsn(100));
    }

    @Test
    void a_later_transaction_waits_for_an_earlier_one() {
        InFlightTransaction first = transaction(100);
        InFlightTransaction second = transaction(200);

        second.acked();
        assertThat(confirmable()).isEqualTo(LogSequenceNumber.INVALID);
        first.acked();
        assertThat(confirmable()).isEqualTo(lsn(200));
    }

    @Test
    void a_transaction_without_events_is_confirmed_with_what_came_before_it() {
        acks.begin();
        acks.commit(lsn(50));
        assertThat(confirmable()).isEqualTo(lsn(50));

        InFlightTransaction waiting = transaction(100);
        acks.begin();
        acks.commit(lsn(150));
        assertThat(confirmable()).isEqualTo(lsn(50));
        waiting.acked();
        assertThat(confirmable()).isEqualTo(lsn(150));
    }

    @Test
    void what_the_server_has_sent_counts_only_while_nothing_waits_and_nothing_is_half_read() {
        acks.received(lsn(10));
        assertThat(confirmable()).isEqualTo(lsn(10));

        acks.begin();
        acks.received(lsn(20));
        assertThat(confirmable()).isEqualTo(lsn(10));

        InFlightTransaction waiting = deliver();
        acks.commit(lsn(30));
        acks.received(lsn(40));
        assertThat(confirmable()).isEqualTo(lsn(10));

        waiting.acked();
        assertThat(confirmable()).isEqualTo(lsn(30));
        acks.received(lsn(40));
        assertThat(confirmable()).isEqualTo(lsn(40));
    }

    @Test
    void it_never_goes_back() {
        acks.received(lsn(100));
        acks.received(lsn(90));
        assertThat(confirmable()).isEqualTo(lsn(100));
    }

    @Test
    void in_any_order_of_acknowledgements_nothing_unacknowledged_is_confirmed() {
        long seed = Long.getLong("seed", 20261121);
        System.out.println("AckTrackerTest seed=" + seed);
        Random random = new Random(seed);
        List<List<InFlightTransaction>> outstanding = new ArrayList<>();
        for (int n = 1; n <= 2_000; n++) {
            acks.begin();
            List<InFlightTransaction> events = new ArrayList<>();
            for (int event = random.nextInt(4); event > 0; event--) {
                events.add(deliver());
            }
            acks.commit(lsn(n));
            outstanding.add(events);
            for (int answers = random.nextInt(4); answers > 0; answers--) {
                List<InFlightTransaction> some = outstanding.get(random.nextInt(outstanding.size()));
                if (!some.isEmpty()) {
                    some.remove(some.size() - 1).acked();
                }
            }
            assertThat(confirmable()).isEqualTo(lsn(acknowledgedPrefix(outstanding)));
        }
    }

    private static int acknowledgedPrefix(List<List<InFlightTransaction>> outstanding) {
        int prefix = 0;
        while (prefix < outstanding.size() && outstanding.get(prefix).isEmpty()) {
            prefix++;
        }
        return prefix;
    }

    private InFlightTransaction transaction(long commitEnd) {
        acks.begin();
        InFlightTransaction transaction = deliver();
        acks.commit(lsn(commitEnd));
        return transaction;
    }

    private InFlightTransaction deliver() {
        return acks.deliver(new Begin(lsn(++begun), 0, 1), 0);
    }

    private LogSequenceNumber confirmable() {
        return acks.acknowledged().confirmableLsn();
    }

    private static LogSequenceNumber lsn(long value) {
        return new LogSequenceNumber(value);
    }
}
