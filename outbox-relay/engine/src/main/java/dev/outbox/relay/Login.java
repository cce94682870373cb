package dev.outbox.relay;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who may do more in the database than the relay. {@code toString} leaves the password out.
 *
 * @param url JDBC URL of the database; of the primary, where the stream reads a standby
 * @param username the role, or null to leave it to the URL
 * @param password its password, or null
 */
public record Login(
        String url, @Nullable String username, @Nullable String password) {

    @Override
    public String toString() {
        return "Login[" + username + "]";
    }
}
