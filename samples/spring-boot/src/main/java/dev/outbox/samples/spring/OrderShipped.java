package dev.outbox.samples.spring;

import dev.outbox.EventType;
import java.time.Instant;
import java.util.UUID;

@EventType("order.shipped.v1")
record OrderShipped(UUID orderId, Instant at) {}
