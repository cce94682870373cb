package dev.outbox.jpa;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes headers as a flat JSON object (RFC 8259, section 7), sorted by name, without a JSON library. */
final class HeadersJson {

    private HeadersJson() {}

    /** The object, or null where there are no headers. */
    static @Nullable String of(Map<String, String> headers) {
        if (headers.isEmpty()) {
            return null;
        }
        StringBuilder json = new StringBuilder(32 * headers.size());
        char separator = '{';
        for (Map.Entry<String, String> header : new TreeMap<>(headers).entrySet()) {
            json.append(separator);
            appendString(json, header.getKey());
            json.append(':');
            appendString(json, header.getValue());
            separator = ',';
        }
        return json.append('}').toString();
    }

    private static void appendString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20) {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
