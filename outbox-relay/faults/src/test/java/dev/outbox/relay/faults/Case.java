package dev.outbox.relay.faults;

/** One row of the matrix. */
record Case(Fault fault, Mode mode, int version) {

    @Override
    public String toString() {
        return fault.name() + ", " + mode + ", PostgreSQL " + version;
    }

    /** For directories. */
    String fileName() {
        return toString().toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
