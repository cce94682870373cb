package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Delivery;
import dev.outbox.relay.Position;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.RecordException.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoisonedEventsTest {

    private final PoisonedEvents poisoned = new PoisonedEvents();

    @Test
    void nothing_is_held_against_an_event_that_was_not_refused() {
        poisoned.refused(event(7, 1), refusal(new Exception()), false);

        assertThat(poisoned.poison(event(7, 0))).isNull();
        assertThat(poisoned.isSuspect(event(7, 0))).isFalse();
    }

    @Test
    void an_event_with_a_refusal_of_its_own_is_poisoned() {
        RecordException why = refusal(new Exception());
        poisoned.refused(event(7, 1), why, false);
        poisoned.refused(event(7, 2), refusal(new Exception()), false);

        assertThat(poisoned.poison(event(7, 1))).isSameAs(why);
        assertThat(poisoned.isSuspect(event(7, 1))).isFalse();
    }

    @Test
    void events_that_share_a_refusal_are_suspects_until_one_is_refused_alone() {
        Exception ofTheBatch = new Exception();
        for (int i = 0; i < 3; i++) {
            poisoned.refused(event(7, i), refusal(ofTheBatch), false);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(poisoned.isSuspect(event(7, i))).isTrue();
            assertThat(poisoned.poison(event(7, i))).isNull();
        }

        poisoned.refused(event(7, 1), refusal(ofTheBatch), false);

        assertThat(poisoned.poison(event(7, 1))).isNotNull();
        assertThat(poisoned.isSuspect(event(7, 2))).isTrue();
    }

    @Test
    void an_event_that_fails_with_the_transaction_of_another_is_a_suspect_only() {
        poisoned.refused(event(7, 1), refusal(new Exception()), false);
        poisoned.refused(event(7, 9), refusal(new Exception()), true);

        assertThat(poisoned.poison(event(7, 1))).isNotNull();
        assertThat(poisoned.poison(event(7, 9))).isNull();
        assertThat(poisoned.isSuspect(event(7, 9))).isTrue();
    }

    @Test
    void what_was_refused_alone_stays_poisoned_though_others_get_the_same_exception() {
        Exception always = new Exception();
        for (int i = 0; i < 4; i++) {
            poisoned.refused(event(7, i), refusal(always), false);
        }
        for (int i = 0; i < 4; i++) {
            poisoned.refused(event(7, i), refusal(always), false);
            for (int j = 0; j <= i; j++) {
                assertThat(poisoned.poison(event(7, j))).isNotNull();
            }
        }
    }

    @Test
    void there_is_news_when_more_is_known_than_before_and_once_only() {
        Exception always = new Exception();
        poisoned.refused(event(7, 1), refusal(always), false);
        assertThat(poisoned.takeNews()).isTrue();
        assertThat(poisoned.takeNews()).isFalse();

        poisoned.refused(event(7, 1), refusal(always), false);

        assertThat(poisoned.takeNews()).isFalse();
    }

    @Test
    void what_is_confirmed_is_forgotten_and_what_waits_is_not() {
        poisoned.refused(event(7, 1), refusal(new Exception()), false);
        poisoned.refused(event(9, 1), refusal(new Exception()), false);

        poisoned.confirmed(new LogSequenceNumber(8));

        assertThat(poisoned.poison(event(7, 1))).isNull();
        assertThat(poisoned.poison(event(9, 1))).isNotNull();
    }

    @Test
    void memory_is_bounded_and_what_found_no_room_has_its_turn_later() {
        for (int i = 0; i < 20_000; i++) {
            poisoned.refused(event(7, i), refusal(new Exception()), false);
        }
        assertThat(poisoned.size()).isEqualTo(10_000);
        poisoned.confirmed(new LogSequenceNumber(8));

        poisoned.refused(event(8, 15_000), refusal(new Exception()), false);

        assertThat(poisoned.poison(event(8, 15_000))).isNotNull();
    }

    private static RecordException refusal(Exception cause) {
        return new RecordException(Reason.RECORD, "The event was refused.", "Mend it.", cause);
    }

    private static Delivery event(long commitLsn, long index) {
        return new Refused(new Position(1, new LogSequenceNumber(commitLsn), index));
    }

    private record Refused(Position position) implements Delivery {

        @Override
        public RelayRecord record() {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable RelayException problem() {
            return null;
        }

        @Override
        public RelayRecord salvaged() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Checkpoint checkpoint() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long committedAtMillis() {
            return 0;
        }

        @Override
        public boolean endOfTransaction() {
            return false;
        }

        @Override
        public void ack() {}

        @Override
        public void fail(Throwable cause) {}
    }
}
