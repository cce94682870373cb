package dev.outbox.jpa;

import dev.outbox.PayloadType;
import java.util.Locale;

/** What a serializer makes, held against what a column takes. */
final class MediaTypes {

    private MediaTypes() {}

    /** Whether a column of the type can hold such payloads; {@code text} and {@code bytea} take whatever comes. */
    static boolean fits(String contentType, PayloadType payloadType) {
        return !payloadType.contentType().equals(PayloadType.JSON.contentType()) || isJson(contentType);
    }

    /** RFC 6839, section 3.1: JSON is {@code application/json}, and every type with the suffix {@code +json}. */
    private static boolean isJson(String contentType) {
        String type = contentType.replaceFirst("\\s*;.*", "").toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }
}
