package dev.outbox.relay.server.admin;

import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param headers beside those that every answer has
 */
@SuppressWarnings("ArrayRecordComponent")
record Response(int status, String contentType, byte[] body, Map<String, String> headers) {

    static Response json(int status, byte[] body) {
        return new Response(status, "application/json", body, Map.of());
    }
}
