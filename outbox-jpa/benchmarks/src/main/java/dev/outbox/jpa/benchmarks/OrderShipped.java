package dev.outbox.jpa.benchmarks;

import dev.outbox.EventSerializer;
import dev.outbox.EventType;
import java.nio.charset.StandardCharsets;

/** The event of every side: 200 bytes as JSON, give or take a digit. */
@EventType(OrderShipped.TYPE)
record OrderShipped(
        long orderId,
        int parcel,
        String customer,
        String street,
        String city,
        String carrier,
        String trackingNumber,
        long weightInGrams) {

    static final String AGGREGATE_TYPE = "Order";
    static final String TYPE = "order.shipped.v1";

    private static final EventSerializer SERIALIZER = EventSerializer.json();

    static OrderShipped number(int parcel, long orderId) {
        return new OrderShipped(
                orderId,
                parcel,
                "Ada Lovelace",
                "12 St James's Square",
                "London SW1Y 4JH",
                "Royal Mail",
                "GB-7700-1842-3391",
                1_250L + parcel);
    }

    /** For those who want text: made by the serializer that Outbox uses. */
    String asJson() {
        try {
            return new String(SERIALIZER.serialize(this), StandardCharsets.UTF_8);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
