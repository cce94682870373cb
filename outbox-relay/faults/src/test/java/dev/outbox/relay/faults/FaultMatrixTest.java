package dev.outbox.relay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The matrix: a test for each fault, mode and version, whose row has to be green; and for each defect, whose has to be red. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultMatrixTest {

    private final List<Case> cases = Matrix.cases(Faults.all());
    private final List<Case> defects = Defects.all();
    private Matrix matrix;

    @BeforeAll
    void start() {
        List<Case> all = new ArrayList<>(defects);
        all.addAll(cases);
        System.out.printf(
                "faults: %d cases of %d rounds and %d defects, %d side by side; seed %d%n",
                cases.size(), Settings.rounds(), defects.size(), Settings.lanes(), Settings.seed());
        System.out.println("faults: again with -Dfaults.seed=…, one alone with -Dfaults.only=REGEX");
        matrix = Matrix.start(all);
    }

    @TestFactory
    Stream<DynamicTest> nothing_is_lost_invented_reordered_or_left_out_in_silence() {
        return cases.stream()
                .map(one -> DynamicTest.dynamicTest(one.toString(), () -> {
                    Row row = matrix.row(one);
                    assertThat(row.failures()).as(row.line()).isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> a_relay_with_a_defect_has_a_red_row() {
        return defects.stream()
                .map(one -> DynamicTest.dynamicTest(one.toString(), () -> {
                    Row row = matrix.row(one);
                    assertThat(row.isHarmSeen())
                            .as("%s %s", row.line(), row.failures())
                            .isTrue();
                }));
    }

    @AfterAll
    void report() {
        matrix.close();
        Report report = new Report(matrix.rows());
        System.out.println(report.text());
        report.write();
    }
}
