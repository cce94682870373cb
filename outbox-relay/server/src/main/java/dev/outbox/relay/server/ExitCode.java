package dev.outbox.relay.server;

/** What the process ends with. 3 is not ours: the JVM itself ends with it when memory runs out. */
public final class ExitCode {

    /** Stopped on request; everything that was sent is acknowledged and stored as such. */
    public static final int OK = 0;

    /** A stream could not start, or had failed with something that no retry mends; or something could not be asked. */
    public static final int FAILED = 1;

    /** The command line or the configuration is wrong. */
    public static final int USAGE = 2;

    /** Stopped on request, and something was still unacknowledged or not stored as such: it is sent again at the next start. */
    public static final int NOT_DRAINED = 4;

    /** A stream has a gap, and nobody has accepted it. */
    public static final int GAP = 5;

    /** A check could look at everything, and found errors. */
    public static final int ERRORS = 6;

    /** The relay was asked, and a stream is not as it should be, or not yet as it was told to be. */
    static final int NOT_READY = 6;

    private ExitCode() {}
}
