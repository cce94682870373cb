package dev.outbox.relay;

import dev.outbox.OutboxHeaders;
import dev.outbox.PayloadType;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The {@code contentType} header of rows that don't name one: their payload column's. */
final class ContentTypes {

    private static final Map<PayloadType, RelayHeader> HEADERS = new EnumMap<>(PayloadType.class);

    static {
        for (PayloadType type : PayloadType.values()) {
            HEADERS.put(
                    type,
                    new RelayHeader(
                            OutboxHeaders.CONTENT_TYPE, type.contentType().getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private ContentTypes() {}

    static RelayHeader header(PayloadType type) {
        return Objects.requireNonNull(HEADERS.get(type));
    }
}
