package dev.outbox.relay.server.client;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.AdminConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;

/** Asks a running relay, where its configuration says that it answers. For one thread. */
public final class AdminClient {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /** Longer than the relay waits for a command to be done. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    private static final Map<String, String> ANY_ADDRESS = Map.of("0.0.0.0", "localhost", "::", "localhost");

    private final AdminConfig config;
    private final String base;
    private final HttpClient http;

    /**
     * What the relay has answered.
     *
     * @param status the HTTP status: 200, 202, or that of a problem
     * @param body the JSON
     */
    public record Reply(int status, String body) {}

    /** @throws RelayException if the key store can't be read that the relay answers with */
    public AdminClient(AdminConfig config) {
        this.config = config;
        String host = ANY_ADDRESS.getOrDefault(config.host(), config.host());
        String named = host.contains(":") ? "[" + host + "]" : host;
        base = (config.tls().isPresent() ? "https://" : "http://") + named + ":" + config.port();
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT);
        config.tls().ifPresent(tls -> builder.sslContext(PinnedCertificate.context(tls)));
        http = builder.build();
    }

    /**
     * How all streams are, as JSON.
     *
     * @throws RelayException if the relay does not tell
     */
    public String streams() {
        Reply reply = send("GET", "/streams");
        if (reply.status() != 200) {
            throw new RelayException(
                    "Expected " + base + "/streams to tell how the streams are, found status " + reply.status()
                            + ". Does an outbox-relay answer there?",
                    false,
                    null);
        }
        return reply.body();
    }

    /**
     * Tells a stream what to do.
     *
     * @param method as the path wants it
     * @param command the path's last part
     * @throws RelayException if nobody answers
     */
    public Reply command(String method, String stream, String command) {
        return send(method, "/streams/" + stream + "/" + command);
    }

    private Reply send(String method, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(ANSWER_LIMIT)
                .method(method, BodyPublishers.noBody());
        config.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException e) {
            throw unanswered(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(e);
        }
    }

    private RelayException unanswered(Exception e) {
        return new RelayException(
                "Expected the relay to answer at " + base + " (admin.host, admin.port), found " + found(e), true, e);
    }

    private static String found(Exception e) {
        if (e instanceof HttpTimeoutException) {
            return "no answer in time. Does it hang, or is it too busy?";
        }
        if (e instanceof ConnectException) {
            return "nobody there. Is it running, on this machine and with this configuration?";
        }
        if (e instanceof SSLException) {
            return "that TLS fails (" + e.getMessage() + "). Does it run with the same admin.tls.keystore?";
        }
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "." : ": " + e.getMessage() + ".");
    }
}
