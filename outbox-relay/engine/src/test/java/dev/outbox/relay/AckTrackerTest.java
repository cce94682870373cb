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
        TransactionSegment first = deliver();
        TransactionSegment second = deliver();
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
        TransactionSegment first = transaction(100);
        TransactionSegment second = transaction(200);

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

        TransactionSegment waiting = transaction(100);
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

        TransactionSegment waiting = deliver();
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
    void inside_a_long_transaction_the_position_moves_on_and_what_may_be_confirmed_does_not() {
        AckTracker inSegments = new AckTracker(Acknowledged.at(lsn(5)), 2);
        Begin begin = new Begin(lsn(90), 7, 1);
        inSegments.begin();
        TransactionSegment first = inSegments.deliver(begin, 0);
        inSegments.deliver(begin, 1).acked();
        TransactionSegment second = inSegments.deliver(begin, 2);
        assertThat(second).isNotSameAs(first);
        inSegments.deliver(begin, 3).acked();
        second.acked();
        assertThat(inSegments.acknowledged()).isEqualTo(Acknowledged.at(lsn(5)));

        first.acked();
        long committedAt = begin.commitUnixMillis();
        assertThat(inSegments.acknowledged()).isEqualTo(new Acknowledged(lsn(5), lsn(90), 1, committedAt));

        TransactionSegment third = inSegments.deliver(begin, 4);
        third.acked();
        assertThat(inSegments.acknowledged()).isEqualTo(new Acknowledged(lsn(5), lsn(90), 3, committedAt));

        inSegments.commit(lsn(100));
        assertThat(inSegments.acknowledged()).isEqualTo(new Acknowledged(lsn(100), lsn(90), 4, committedAt));
        assertThat(inSegments.isIdle()).isTrue();
    }

    @Test
    void of_a_transaction_that_is_read_no_further_the_position_holds_what_was_delivered_and_nothing_is_confirmed() {
        transaction(100).acked();
        acks.begin();
        TransactionSegment delivered = deliver();
        acks.end();
        assertThat(acks.acknowledged().index()).isZero();
        assertThat(acks.hasEnded()).isFalse();

        delivered.acked();

        assertThat(acks.acknowledged().commitLsn()).isEqualTo(delivered.commitLsn());
        assertThat(confirmable()).isEqualTo(lsn(100));
        assertThat(acks.hasEnded()).isTrue();
    }

    @Test
    void a_transaction_counts_everything_as_before_it_that_an_idle_stream_has_confirmed() {
        acks.received(lsn(40));

        assertThat(transaction(100).previousEndLsn()).isEqualTo(lsn(40));
    }

    @Test
    void in_any_order_of_acknowledgements_the_position_follows_within_a_segment() {
        Random random = new Random(seed());
        int segment = 3;
        AckTracker inSegments = new AckTracker(Acknowledged.at(LogSequenceNumber.INVALID), segment);
        List<Event> events = new ArrayList<>();
        for (int n = 1; n <= 500; n++) {
            Begin begin = new Begin(lsn(10L * n), 0, n);
            inSegments.begin();
            int count = 1 + random.nextInt(12);
            for (int index = 0; index < count; index++) {
                events.add(new Event(n, index, inSegments.deliver(begin, index)));
                for (int answers = random.nextInt(3); answers > 0; answers--) {
                    events.get(random.nextInt(events.size())).ack();
                }
                assertFollows(inSegments.acknowledged(), events, segment);
            }
            inSegments.commit(lsn(10L * n + 1));
        }
        events.forEach(Event::ack);
        assertThat(inSegments.acknowledged().confirmableLsn()).isEqualTo(lsn(5_001));
    }

    /** At most as far as all is acknowledged, and less than a segment behind; confirmed are whole transactions only. */
    private static void assertFollows(Acknowledged acknowledged, List<Event> events, int segment) {
        int prefix = 0;
        while (prefix < events.size() && events.get(prefix).acked) {
            prefix++;
        }
        int reached = 0;
        while (reached < events.size() && events.get(reached).isCoveredBy(acknowledged)) {
            reached++;
        }
        assertThat(reached).isBetween(prefix - segment, prefix);
        long confirmed = acknowledged.confirmableLsn().value();
        assertThat(events.stream().filter(event -> 10L * event.transaction <= confirmed))
                .allMatch(event -> event.acked);
    }

    private static final class Event {
        private final int transaction;
        private final int index;
        private final TransactionSegment segment;
        private boolean acked;

        Event(int transaction, int index, TransactionSegment segment) {
            this.transaction = transaction;
            this.index = index;
            this.segment = segment;
        }

        void ack() {
            if (!acked) {
                acked = true;
                segment.acked();
            }
        }

        boolean isCoveredBy(Acknowledged acknowledged) {
            int order = lsn(10L * transaction).compareTo(acknowledged.commitLsn());
            return order < 0 || (order == 0 && index <= acknowledged.index());
        }
    }

    @Test
    void in_any_order_of_acknowledgements_nothing_unacknowledged_is_confirmed() {
        Random random = new Random(seed());
        List<List<TransactionSegment>> outstanding = new ArrayList<>();
        for (int n = 1; n <= 2_000; n++) {
            acks.begin();
            List<TransactionSegment> events = new ArrayList<>();
            for (int event = random.nextInt(4); event > 0; event--) {
                events.add(deliver());
            }
            acks.commit(lsn(n));
            outstanding.add(events);
            for (int answers = random.nextInt(4); answers > 0; answers--) {
                List<TransactionSegment> some = outstanding.get(random.nextInt(outstanding.size()));
                if (!some.isEmpty()) {
                    some.remove(some.size() - 1).acked();
                }
            }
            assertThat(confirmable()).isEqualTo(lsn(acknowledgedPrefix(outstanding)));
        }
    }

    private static long seed() {
        long seed = Long.getLong("seed", 20261121);
        System.out.println("AckTrackerTest seed=" + seed);
        return seed;
    }

    private static int acknowledgedPrefix(List<List<TransactionSegment>> outstanding) {
        int prefix = 0;
        while (prefix < outstanding.size() && outstanding.get(prefix).isEmpty()) {
            prefix++;
        }
        return prefix;
    }

    private TransactionSegment transaction(long commitEnd) {
        acks.begin();
        TransactionSegment transaction = deliver();
        acks.commit(lsn(commitEnd));
        return transaction;
    }

    private TransactionSegment deliver() {
        return acks.deliver(new Begin(lsn(++begun), 0, 1), 0);
    }

    private LogSequenceNumber confirmable() {
        return acks.acknowledged().confirmableLsn();
    }

    private static LogSequenceNumber lsn(long value) {
        return new LogSequenceNumber(value);
    }
}
