package dev.outbox.relay.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.AdminConfig;
import dev.outbox.relay.server.status.ManagedStream;
import dev.outbox.relay.server.status.ManagedStream.Answer;
import dev.outbox.relay.server.status.ManagedStream.Outcome;
import dev.outbox.relay.server.status.StreamState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is answered over HTTP, and to whom. */
class AdminServerTest {

    private static final String TOKEN = "a-token-of-the-test";
    private static final String SHOP = """
            {"name":"shop","state":"RUNNING","since":"2026-03-01T12:00:00Z","worker":"%s","ready":false,\
            "why":"no acknowledgement from the brokers for 20 s","paused":{"by":"ann","at":"2026-03-01T12:00:00Z"},\
            "lastError":{"message":"It is \\"broken\\".","at":"2026-03-01T12:00:00Z"},\
            "position":{"timeline":3,"commitLsn":"1/10","index":4,"committedAt":"2026-03-01T12:00:00Z"},\
            "lsn":{"server":"1/60","received":"1/40","acknowledged":"1/20","confirmed":"1/18"},\
            "lag":{"bytes":64,"seconds":1.5},\
            "slot":{"walStatus":"extended","active":true,"retainedBytes":96,"safeBytes":1000,"restartLsn":"1/0",\
            "confirmedLsn":"1/18"},\
            "traffic":{"events":10,"bytes":200,"eventsPerSecond":2.0,"bytesPerSecond":33.3,"inFlightEvents":3,\
            "inFlightBytes":9000},\
            "troubles":{"errors":1,"restarts":2,"retries":3,"deadLettered":{"row":4},"skipped":{},\
            "refused":{"topic":1}}}""";
    private static final String FRESH = """
            {"name":"other","state":"STANDBY","since":"2026-03-01T12:00:00Z","worker":"%s","ready":true,"lsn":{},\
            "lag":{},"traffic":{"events":0,"bytes":0,"eventsPerSecond":0.0,"bytesPerSecond":0.0,"inFlightEvents":0,\
            "inFlightBytes":0},"troubles":{"errors":0,"restarts":0,"retries":0,"deadLettered":{},"skipped":{},\
            "refused":{}}}""";

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final StubStream shop = StubStream.shop();
    private final StubStream other = StubStream.fresh("other", StreamState.STANDBY);
    private AdminServer server = start(Optional.of(TOKEN), shop, other);

    private static AdminServer start(Optional<String> token, ManagedStream... streams) {
        return AdminServer.start(new AdminConfig("localhost", 0, token, Optional.empty()), List.of(streams));
    }

    private void restart(Optional<String> token, ManagedStream... streams) {
        server.close();
        server = start(token, streams);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void all_streams_are_told_of_with_what_is_known_of_them() {
        HttpResponse<String> answer = get("/streams");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(withoutWorker(answer.body())).isEqualTo("[" + SHOP + "," + FRESH + "]\n");
    }

    @Test
    void one_stream_is_told_of_by_its_name() {
        HttpResponse<String> answer = get("/streams/shop/status");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(withoutWorker(answer.body())).isEqualTo(SHOP + "\n");
        assertThat(answer.body()).contains(":" + server.port() + "\"");
    }

    private static String withoutWorker(String body) {
        return body.replaceAll("\"worker\":\"[^\"]+:\\d+\"", "\"worker\":\"%s\"");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    pause, PUT
                    resume, PUT
                    restart, POST
                    """)
    void a_command_needs_the_token_and_tells_how_the_stream_is_then(String command, String method) {
        String path = "/streams/shop/" + command;
        for (String authorization : new String[] {"", "Bearer", "Bearer another-token-than-it", "Basic " + TOKEN}) {
            HttpResponse<String> answer = send(method, path, authorization);
            assertProblem(answer, 401, "Unauthorized", "admin.token");
            assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer realm="));
        }
        assertThat(shop.told).isEmpty();

        HttpResponse<String> answer = send(method, path, "Bearer " + TOKEN);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(withoutWorker(answer.body())).isEqualTo(SHOP + "\n");
        assertThat(shop.told).containsExactly(command + " by 127.0.0.1");
        assertThat(other.told).isEmpty();
    }

    @Test
    void without_a_configured_token_nothing_can_be_changed() {
        restart(Optional.empty(), shop);

        assertProblem(send("PUT", "/streams/shop/pause", "Bearer "), 403, "Forbidden", "found none");
        assertThat(shop.told).isEmpty();
    }

    @Test
    void what_is_not_done_yet_is_202_and_what_can_not_be_is_409() {
        shop.answer = new Answer(Outcome.ACCEPTED, "soon");
        assertThat(send("PUT", "/streams/shop/pause", "Bearer " + TOKEN).statusCode())
                .isEqualTo(202);

        shop.answer = new Answer(Outcome.REFUSED, "It can't be.");
        assertProblem(send("PUT", "/streams/shop/pause", "bearer " + TOKEN), 409, "Conflict", "It can't be.");
    }

    @Test
    void what_is_not_there_is_404() {
        for (String path :
                List.of("/", "/stream", "/streams/", "/streams/shop", "/streams/shop/status/x", "/metrics/")) {
            assertProblem(get(path), 404, "Not Found", "Expected /streams");
        }
        assertProblem(get("/streams/shopp/status"), 404, "Not Found", "one of the streams shop, other, found 'shopp'");
        String longName = "x".repeat(3_000);
        assertThat(get("/streams/" + longName + "/status").body()).hasSizeLessThan(500);
    }

    @Test
    void another_method_than_what_is_there_is_405() {
        HttpResponse<String> read = send("POST", "/streams/shop/status", "Bearer " + TOKEN);
        assertProblem(read, 405, "Method Not Allowed", "GET, HEAD");
        assertThat(read.headers().firstValue("Allow")).contains("GET, HEAD");

        HttpResponse<String> change = get("/streams/shop/pause");
        assertProblem(change, 405, "Method Not Allowed", "PUT");
        assertThat(change.headers().firstValue("Allow")).contains("PUT");
    }

    @Test
    void head_is_get_without_the_body() {
        HttpResponse<String> head = send("HEAD", "/streams/shop/status", "");
        HttpResponse<String> get = get("/streams/shop/status");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String name : List.of("Content-Type", "Content-Length", "Cache-Control")) {
            assertThat(head.headers().firstValue(name)).isEqualTo(get.headers().firstValue(name));
        }
        assertThat(send("HEAD", "/nowhere", "").statusCode()).isEqualTo(404);
    }

    @Test
    void a_body_larger_than_anybody_needs_is_413() {
        byte[] large = new byte[9_000];
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));
        for (BodyPublisher body : List.of(BodyPublishers.ofByteArray(large), chunked)) {
            HttpResponse<String> answer =
                    send(request("/streams/shop/pause", "Bearer " + TOKEN).PUT(body));
            assertProblem(answer, 413, "Content Too Large", "8192 bytes or less");
        }
        assertThat(shop.told).isEmpty();
    }

    @Test
    void ready_tells_of_each_stream_why_it_is_not() {
        HttpResponse<String> answer = get("/health/ready");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("""
                {"status":"DOWN","streams":[{"name":"shop","state":"RUNNING","status":"DOWN",\
                "why":"no acknowledgement from the brokers for 20 s"},\
                {"name":"other","state":"STANDBY","status":"UP"}]}
                """);

        restart(Optional.empty(), other);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").body()).startsWith("{\"status\":\"UP\"");
    }

    @Test
    void live_is_a_matter_of_the_threads_and_not_of_the_servers_beyond() {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);

        other.alive = false;
        assertThat(get("/health/live").statusCode()).isEqualTo(503);
        assertThat(get("/health/live").body()).contains("\"why\":\"its thread gives no sign of life\"");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    '', text/plain; version=0.0.4; charset=utf-8
                    */*, text/plain; version=0.0.4; charset=utf-8
                    'application/openmetrics-text; version=1.0.0,*/*;q=0.5', application/openmetrics-text; version=1.0.0; charset=utf-8
                    """)
    void metrics_come_in_the_format_that_is_asked_for(String accept, String contentType) {
        HttpRequest.Builder request = request("/metrics", "");
        if (!accept.isEmpty()) {
            request.header("Accept", accept);
        }
        HttpResponse<String> answer = send(request);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(contentType);
        assertThat(answer.body()).contains("outbox_relay_events_total{stream=\"shop\"} 10.0");
    }

    @Test
    void what_goes_wrong_here_is_told_to_nobody_outside() {
        Logger logger = (Logger) LoggerFactory.getLogger(AdminHandler.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.setAdditive(false);
        logger.addAppender(log);
        shop.broken = true;

        HttpResponse<String> answer = get("/streams/shop/status");
        logger.detachAppender(log);
        logger.setAdditive(true);
        assertProblem(answer, 500, "Internal Server Error", "The relay's log has it");
        assertThat(answer.body()).doesNotContain("something internal");
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .startsWith("GET /streams/shop/status from 127.0.0.1 could not be answered: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /streams HTT", "PUT /streams/shop/pause HTTP/1.1\r\nContent-Length: 5\r\n\r\n{"})
    void clients_that_stop_in_the_middle_of_a_request_are_cut_off_and_hinder_nobody(String half) throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket("localhost", server.port());
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }

            assertThat(get("/health/live").statusCode()).isEqualTo(200);
            for (Socket socket : slow) {
                assertThat(isCutOff(socket)).isTrue();
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static boolean isCutOff(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void a_port_that_is_taken_is_one_sentence() {
        AdminConfig taken = new AdminConfig("localhost", server.port(), Optional.empty(), Optional.empty());

        assertThatExceptionOfType(RelayException.class)
                .isThrownBy(() -> AdminServer.start(taken, List.of()))
                .withMessageContaining("Expected to listen at localhost:" + server.port())
                .withMessageContaining("Address already in use")
                .withMessageContaining("Name another port");
    }

    private void assertProblem(HttpResponse<String> answer, int status, String title, String words) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .startsWith(
                        "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"")
                .contains(words)
                .doesNotContain(TOKEN);
    }

    private HttpResponse<String> get(String path) {
        return send("GET", path, "");
    }

    private HttpResponse<String> send(String method, String path, String authorization) {
        return send(request(path, authorization).method(method, BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .timeout(Duration.ofSeconds(40));
        return authorization.isEmpty() ? request : request.header("Authorization", authorization);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
