package dev.outbox.relay;

import org.jspecify.annotations.Nullable;

/** Another relay streams from the slot. This one can when the other has gone: until then it stands by. */
public final class SlotHeldException extends RelayException {

    private static final long serialVersionUID = 1L;

    SlotHeldException(String message, @Nullable Throwable cause) {
        super(message, true, cause);
    }
}
