package dev.outbox.samples.spring;

import dev.outbox.EventType;
import java.util.UUID;

@EventType("order.placed.v1")
record OrderPlaced(UUID orderId, String customer, int quantity) {}
