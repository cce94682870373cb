package dev.outbox.relay;

import org.jspecify.annotations.Nullable;

/**
 * Another connection streams from the slot: another relay's, which this one stands by for, or this relay's own of before,
 * where the server hasn't noticed its end yet.
 */
public final class SlotHeldException extends RelayException {

    private static final long serialVersionUID = 1L;

    private final boolean own;

    SlotHeldException(String message, boolean own, @Nullable Throwable cause) {
        super(message, true, cause);
        this.own = own;
    }

    /** Whether it is this engine's own connection of before; the slot is free as soon as the server notices its end. */
    public boolean isOwn() {
        return own;
    }
}
