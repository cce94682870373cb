package dev.outbox.relay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The suite proves itself: a relay with a defect has a red row under a fault that it survives as shipped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefectsTest {

    private static final int VERSION = 18;

    private final List<Case> cases = Stream.of(
                    defective(
                            Defect.AUTOMATIC_FLUSH,
                            "relay: SIGKILL in the middle of a long transaction",
                            Mode.EXACTLY_ONCE),
                    defective(
                            Defect.CONFIRM_BEFORE_ACK,
                            "relay: SIGKILL while too few replicas are in sync",
                            Mode.AT_LEAST_ONCE),
                    defective(Defect.ACK_IGNORES_FAILURES, "broker: right to write taken away", Mode.AT_LEAST_ONCE),
                    defective(Defect.SKIPPED_FIRST_EVENT, "relay: SIGKILL", Mode.EXACTLY_ONCE),
                    defective(
                            Defect.TIMELINES_COMPARED,
                            "fail-over: to a standby that lacks the end of the log",
                            Mode.AT_LEAST_ONCE))
            .filter(Settings::selects)
            .toList();
    private Matrix matrix;

    private static Case defective(Defect defect, String fault, Mode mode) {
        Fault found = Faults.all().stream()
                .filter(one -> one.name().equals(fault))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no fault is called '" + fault + "'"));
        return new Case(found, mode, VERSION, defect);
    }

    @BeforeAll
    void start() {
        matrix = Matrix.start(cases);
    }

    @TestFactory
    Stream<DynamicTest> a_defect_makes_the_row_red() {
        return cases.stream()
                .map(one -> DynamicTest.dynamicTest(one.toString(), () -> {
                    Row row = matrix.row(one);
                    assertThat(row.isGreen()).as(row.line()).isFalse();
                    assertThat(row.isHarmSeen())
                            .as("harm of the relay's: %s, %s", row.line(), row.failures())
                            .isTrue();
                }));
    }

    @AfterAll
    void report() {
        matrix.close();
        String table = Report.table(matrix.rows());
        System.out.println(table);
        Report.write(Settings.output().resolve("defects.md"), table);
    }
}
