package dev.outbox.relay.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may change something: whoever knows the token. Takes as long for a wrong one as for the right one. */
final class Bearer {

    private static final String SCHEME = "Bearer ";
    private static final String CHALLENGE = "Bearer realm=\"outbox-relay\"";

    private final Optional<byte[]> token;

    /** @param token empty if nobody may */
    Bearer(Optional<String> token) {
        this.token = token.map(text -> text.getBytes(UTF_8));
    }

    /**
     * Lets those pass who may.
     *
     * @param authorization the request's header of this name
     * @throws Problem for all others
     */
    void require(@Nullable String authorization) {
        if (token.isEmpty()) {
            throw new Problem(
                    403,
                    "Expected admin.token to be set, found none: without it nothing can be changed from here. Set it,"
                            + " and start the relay again.");
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new Problem(
                    401,
                    "Expected the header Authorization: Bearer with the token of admin.token, found none.",
                    Map.of("WWW-Authenticate", CHALLENGE));
        }
        byte[] given = authorization.substring(SCHEME.length()).strip().getBytes(UTF_8);
        if (!MessageDigest.isEqual(given, token.get())) {
            throw new Problem(
                    401,
                    "Expected the token of admin.token, found another.",
                    Map.of("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\""));
        }
    }
}
