package dev.outbox.samples.writer;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One business transaction that a thread is about to try.
 *
 * @param steps what it does
 * @param ending how it ends if all steps succeed
 * @param added persons whom others may choose once it has committed
 * @param takenOut persons whom others may choose again if it has not
 */
record Work(Consumer<PersonService> steps, Ending ending, List<UUID> added, List<UUID> takenOut) {

    /** How a transaction ends. What is not committed is undone after its flush, when its rows were sent already. */
    enum Ending {
        /** By commit. */
        COMMIT,
        /** By an explicit rollback. */
        ROLL_BACK,
        /** By an exception out of the business code. */
        FAIL,
        /** By a constraint that the database checks at COMMIT: also the outbox rows were written by then. */
        REFUSED_AT_COMMIT;

        private static final Ending[] UNDONE = {ROLL_BACK, FAIL, REFUSED_AT_COMMIT};

        static Ending undone(Random random) {
            return UNDONE[random.nextInt(UNDONE.length)];
        }
    }
}
