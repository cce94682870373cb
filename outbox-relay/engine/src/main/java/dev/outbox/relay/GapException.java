package dev.outbox.relay;

import org.jspecify.annotations.Nullable;

/**
 * Events were or may be lost between two points: the slot, the publication or the server is not what the stored
 * checkpoint was made with. Not retriable: somebody has to look, and to accept the gap.
 */
public final class GapException extends RelayException {

    private static final long serialVersionUID = 1L;

    private final transient GapRange range;

    GapException(String message, GapRange range, @Nullable Throwable cause) {
        super(message + " " + range.sentence(), false, cause);
        this.range = range;
    }

    private GapException(GapException thrown) {
        super(Failures.message(thrown), false, thrown);
        this.range = thrown.range;
    }

    @Override
    RelayException again() {
        return new GapException(this);
    }

    /** Which events are concerned. */
    public GapRange range() {
        return range;
    }
}
