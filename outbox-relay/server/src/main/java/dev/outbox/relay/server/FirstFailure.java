package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What ends an attempt: the failure noted first, or one of its consequences that names the cause better. From any thread. */
final class FirstFailure {

    private final AtomicReference<@Nullable RelayException> noted = new AtomicReference<>();

    /** Returns whether it is the first. */
    boolean note(RelayException failure) {
        return noted.getAndUpdate(first -> first == null || KafkaErrors.saysLess(first, failure) ? failure : first)
                == null;
    }

    boolean isNoted() {
        return noted.get() != null;
    }

    /** @throws RelayException what was noted, if anything was */
    void throwIfNoted() {
        RelayException failure = noted.get();
        if (failure != null) {
            throw failure;
        }
    }
}
