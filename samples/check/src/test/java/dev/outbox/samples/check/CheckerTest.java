package dev.outbox.samples.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each defect is injected alone, then next to others: a checker that can't see is worse than none. */
class CheckerTest {

    private final Checker checker = new Checker();

    @Test
    void nothing_committed_and_nothing_received_passes() {
        assertThat(checker.verdict()).isEqualTo(verdict(0, 0, 0));
        assertThat(checker.verdict().passed()).isTrue();
        assertThat(checker.verdict().defects()).isEmpty();
    }

    @Test
    void everything_received_once_and_in_order_passes() {
        committed("a", 1, 2, 3);
        committed("b", 11, 12);
        rolledBack(21, 22);
        received("a", 1);
        received("b", 11);
        received("a", 2, 3);
        received("b", 12);

        assertThat(checker.verdict()).isEqualTo(verdict(5, 2, 5));
        assertThat(checker.verdict().passed()).isTrue();
    }

    @Test
    void one_lost_event_is_found_and_named() {
        committed("a", 1, 2, 3);
        received("a", 1, 3);

        Verdict verdict = checker.verdict();

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.examples()).containsOnly(entry(Defect.LOST, 2));
        assertThat(verdict.reordered()).as("a gap is no reorder").isZero();
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.defects()).containsExactly("1 event lost: " + id(2));
    }

    @Test
    void a_lost_last_event_and_a_whole_lost_aggregate_are_found() {
        committed("a", 1, 2);
        committed("b", 11);
        received("a", 1);

        assertThat(checker.verdict().lost()).isEqualTo(2);
    }

    @Test
    void everything_lost_is_found_when_nothing_was_received() {
        committed("a", 1, 2, 3);

        assertThat(checker.verdict().lost()).isEqualTo(3);
    }

    @Test
    void an_event_of_a_rolled_back_transaction_is_a_phantom() {
        committed("a", 1);
        rolledBack(2);
        received("a", 1, 2);

        Verdict verdict = checker.verdict();

        assertThat(verdict.phantomRolledBack()).isEqualTo(1);
        assertThat(verdict.phantomNeverWritten()).isZero();
        assertThat(verdict.phantom()).isEqualTo(1);
        assertThat(verdict.examples()).containsOnly(entry(Defect.ROLLED_BACK, 2));
        assertThat(verdict.passed()).isFalse();
    }

    @Test
    void an_event_that_nobody_wrote_is_a_phantom_of_another_name() {
        received("a", 7);

        Verdict verdict = checker.verdict();

        assertThat(verdict.phantomNeverWritten()).isEqualTo(1);
        assertThat(verdict.phantomRolledBack()).isZero();
        assertThat(verdict.examples()).containsOnly(entry(Defect.NEVER_WRITTEN, 7));
        assertThat(verdict.passed()).isFalse();
    }

    @Test
    void a_phantom_received_twice_is_one_phantom_and_one_duplicate() {
        rolledBack(1);
        received("a", 1, 1);

        assertThat(checker.verdict().phantom()).isEqualTo(1);
        assertThat(checker.verdict().duplicates()).isEqualTo(1);
    }

    @Test
    void duplicates_are_counted_and_legal() {
        committed("a", 1, 2);
        received("a", 1, 1, 2, 2, 2);

        Verdict verdict = checker.verdict();

        assertThat(verdict.duplicates()).isEqualTo(3);
        assertThat(verdict.received()).isEqualTo(5);
        assertThat(verdict.passed()).isTrue();
    }

    @Test
    void events_sent_again_after_newer_ones_are_duplicates_and_no_reorder() {
        committed("a", 1, 2, 3, 4);
        received("a", 1, 2, 3);
        received("a", 1, 2, 3, 4);

        assertThat(checker.verdict().duplicates()).isEqualTo(3);
        assertThat(checker.verdict().reordered()).isZero();
        assertThat(checker.verdict().passed()).isTrue();
    }

    @Test
    void swapped_first_occurrences_in_an_aggregate_are_a_reorder() {
        committed("a", 1, 2, 3);
        received("a", 1, 3, 2);

        Verdict verdict = checker.verdict();

        assertThat(verdict.reordered()).isEqualTo(1);
        assertThat(verdict.examples()).containsOnly(entry(Defect.REORDERED, 2));
        assertThat(verdict.passed()).isFalse();
    }

    @Test
    void a_later_occurrence_in_the_right_place_does_not_undo_a_reorder() {
        committed("a", 1, 2);
        received("a", 2, 1, 2);

        assertThat(checker.verdict().reordered()).isEqualTo(1);
        assertThat(checker.verdict().duplicates()).isEqualTo(1);
    }

    @Test
    void every_event_that_comes_after_a_later_one_counts() {
        committed("a", 1, 2, 3, 4);
        received("a", 4, 1, 2, 3);

        assertThat(checker.verdict().reordered()).isEqualTo(3);
    }

    @Test
    void the_order_between_aggregates_is_free() {
        committed("a", 1);
        committed("b", 11);
        committed("a", 2);
        received("b", 11);
        received("a", 1, 2);

        assertThat(checker.verdict().passed()).isTrue();
    }

    @Test
    void an_event_under_the_key_of_another_aggregate_is_found() {
        committed("a", 1);
        committed("b", 11);
        received("b", 1, 11);

        assertThat(checker.verdict().wrongAggregate()).isEqualTo(1);
        assertThat(checker.verdict().examples()).containsOnly(entry(Defect.WRONG_AGGREGATE, 1));
        assertThat(checker.verdict().passed()).isFalse();
    }

    @Test
    void a_loss_next_to_a_reorder_is_told_apart() {
        committed("a", 1, 2, 3, 4);
        received("a", 1, 4, 2);

        Verdict verdict = checker.verdict();

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.reordered()).isEqualTo(1);
        assertThat(verdict.examples()).containsOnly(entry(Defect.LOST, 3), entry(Defect.REORDERED, 2));
    }

    @Test
    void all_defects_at_once_are_counted_apart() {
        committed("a", 1, 2, 3, 4);
        committed("b", 11, 12);
        rolledBack(21, 22);
        received("a", 2, 1, 1, 4);
        received("b", 21, 99, 11);
        received("a", 12);

        assertThat(checker.verdict())
                .usingRecursiveComparison()
                .ignoringFields("examples")
                .isEqualTo(new Verdict(6, 2, 8, 1, 1, 1, 1, 1, 1, Map.of()));
        assertThat(checker.verdict().defects()).hasSize(5);
    }

    @Test
    void an_event_may_be_received_before_it_is_told_as_committed() {
        received("a", 1);
        assertThat(checker.verdict().phantom()).isEqualTo(1);

        committed("a", 1);
        assertThat(checker.verdict().passed()).isTrue();
    }

    @Test
    void examples_are_limited_and_numbers_are_not() {
        Checker two = new Checker(2);
        for (int i = 0; i < 10; i++) {
            two.committed(id(i), "a");
        }

        Verdict verdict = two.verdict();

        assertThat(verdict.lost()).isEqualTo(10);
        assertThat(verdict.examples()).containsOnly(entry(Defect.LOST, 0, 1));
        assertThat(verdict.defects()).containsExactly("10 events lost: " + id(0) + ", " + id(1) + ", ...");
    }

    @Test
    void a_truth_that_contradicts_itself_is_refused() {
        committed("a", 1);
        rolledBack(2);

        assertThatThrownBy(() -> checker.committed(id(1), "a")).hasMessageContaining("committed already");
        assertThatThrownBy(() -> checker.rolledBack(id(1))).hasMessageContaining("committed already");
        assertThatThrownBy(() -> checker.committed(id(2), "a")).hasMessageContaining("rolled back already");
    }

    private void committed(String aggregate, int... events) {
        for (int event : events) {
            checker.committed(id(event), aggregate);
        }
    }

    private void rolledBack(int... events) {
        for (int event : events) {
            checker.rolledBack(id(event));
        }
    }

    private void received(String aggregate, int... events) {
        for (int event : events) {
            checker.received(id(event), aggregate);
        }
    }

    private static Verdict verdict(long committed, long rolledBack, long received) {
        return new Verdict(committed, rolledBack, received, 0, 0, 0, 0, 0, 0, Map.of());
    }

    private static Map.Entry<Defect, List<UUID>> entry(Defect defect, int... events) {
        return Map.entry(defect, Arrays.stream(events).mapToObj(CheckerTest::id).toList());
    }

    static UUID id(int number) {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
    }
}
