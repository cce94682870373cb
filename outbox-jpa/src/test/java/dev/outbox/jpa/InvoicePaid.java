package dev.outbox.jpa;

import dev.outbox.EventType;
import java.util.UUID;

@EventType("invoice.paid.v1")
record InvoicePaid(UUID invoiceId, String method) {}
