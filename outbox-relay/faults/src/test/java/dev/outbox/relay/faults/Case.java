package dev.outbox.relay.faults;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One row of the matrix.
 *
 * @param defect what is wrong with the relay, null for the one that is shipped
 */
record Case(Fault fault, Mode mode, int version, @Nullable Defect defect) {

    Case(Fault fault, Mode mode, int version) {
        this(fault, mode, version, null);
    }

    @Override
    public String toString() {
        return (defect == null ? "" : "DEFECT " + defect + ": ") + fault.name() + ", " + mode + ", PostgreSQL "
                + version;
    }

    /** For directories. */
    String fileName() {
        return toString().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
