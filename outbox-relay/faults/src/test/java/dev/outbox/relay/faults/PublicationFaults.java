package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import java.util.List;

/** What happens to the publication: the server leaves out in silence what it does not hold. */
final class PublicationFaults {

    private PublicationFaults() {}

    static List<Fault> all() {
        return List.of(
                gap("dropped")
                        .inject(target -> target.sql("DROP PUBLICATION outbox"))
                        .build(),
                gap("made anew").inject(PublicationFaults::makeAnew).build(),
                gap("table taken out")
                        .inject(PublicationFaults::takeTableOut)
                        .heal(PublicationFaults::putTableBack)
                        .build(),
                gap("table taken out and put back")
                        .inject(PublicationFaults::takeTableOutForAWhile)
                        .build());
    }

    private static Fault.Builder gap(String what) {
        return Fault.named("publication: " + what).expects(Expected.GAP);
    }

    private static void makeAnew(Target target) {
        target.sql("DROP PUBLICATION outbox");
        target.load().awaitCommits(target.random().nextInt(20));
        target.sql("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
    }

    private static void takeTableOut(Target target) {
        target.sql("ALTER PUBLICATION outbox DROP TABLE outbox");
    }

    private static void putTableBack(Target target) {
        target.sql("ALTER PUBLICATION outbox ADD TABLE outbox");
    }

    private static void takeTableOutForAWhile(Target target) {
        takeTableOut(target);
        target.load().awaitCommits(target.random().nextInt(20));
        putTableBack(target);
    }
}
