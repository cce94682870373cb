package dev.outbox.relay.server.admin;

import org.jspecify.annotations.Nullable;

/**
 * What is asked.
 *
 * @param method {@code GET} for {@code HEAD} as well
 * @param path as it was sent, without a query
 * @param accept the header of this name, empty if there is none
 * @param authorization the header of this name
 * @param from the address that it comes from
 */
record Request(
        String method, String path, String accept, @Nullable String authorization, String from) {

    /** Without the token. */
    @Override
    public String toString() {
        return method + " " + path + " from " + from;
    }
}
