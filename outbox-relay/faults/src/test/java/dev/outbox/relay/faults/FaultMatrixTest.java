package dev.outbox.relay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The matrix: a test for each fault, mode and version, whose row has to be green. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultMatrixTest {

    private final List<Case> cases = Matrix.cases(Faults.all());
    private Matrix matrix;

    @BeforeAll
    void start() {
        System.out.printf(
                "%d cases of %d rounds in %d lanes; seed %d (-Dfaults.seed), one fault alone: -Dfaults.only=REGEX%n",
                cases.size(), Settings.rounds(), Settings.lanes(), Settings.seed());
        matrix = Matrix.start(cases);
    }

    @TestFactory
    Stream<DynamicTest> nothing_is_lost_invented_reordered_or_silently_skipped() {
        return cases.stream()
                .map(one -> DynamicTest.dynamicTest(one.toString(), () -> {
                    Row row = matrix.row(one);
                    assertThat(row.failures()).as(row.line()).isEmpty();
                }));
    }

    @AfterAll
    void report() {
        matrix.close();
        String table = Report.table(matrix.rows());
        System.out.println(table);
        Report.write(Settings.output().resolve("matrix.md"), table);
    }
}
