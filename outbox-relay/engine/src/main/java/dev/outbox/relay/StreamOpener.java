package dev.outbox.relay;

import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Source;
import java.time.Duration;

/** Opens a slot's stream: the seam at which tests open it wrongly on purpose. */
@FunctionalInterface
interface StreamOpener {

    ReplicationStream open(Source source, Duration statusInterval);
}
