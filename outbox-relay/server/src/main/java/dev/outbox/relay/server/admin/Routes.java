package dev.outbox.relay.server.admin;

import dev.outbox.relay.server.metrics.RelayMetrics;
import dev.outbox.relay.server.status.ManagedStream;
import dev.outbox.relay.server.status.ManagedStream.Answer;
import dev.outbox.relay.server.status.StreamStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What can be asked, and who may. For any thread. */
final class Routes {

    private static final Logger log = LoggerFactory.getLogger(Routes.class);
    private static final int LONGEST_QUOTED = 100;

    private final List<? extends ManagedStream> streams;
    private final Supplier<RelayMetrics> metrics;
    private final Bearer bearer;
    private final String worker;
    private final List<Route> routes = List.of(
            new Route("GET", "/streams", false, (request, path) -> all()),
            new Route("GET", "/streams/([^/]+)/status", false, (request, path) -> one(stream(path))),
            new Route(
                    "PUT",
                    "/streams/([^/]+)/pause",
                    true,
                    (request, path) -> command(stream(path), "pause", request, ManagedStream::pause)),
            new Route(
                    "PUT",
                    "/streams/([^/]+)/resume",
                    true,
                    (request, path) -> command(stream(path), "resume", request, ManagedStream::resume)),
            new Route(
                    "POST",
                    "/streams/([^/]+)/restart",
                    true,
                    (request, path) -> command(stream(path), "restart", request, ManagedStream::restart)),
            new Route("GET", "/health/live", false, (request, path) -> health(ManagedStream::isAlive)),
            new Route(
                    "GET",
                    "/health/ready",
                    false,
                    (request, path) -> health(stream -> stream.status().health().ready())),
            new Route("GET", "/metrics", false, (request, path) -> metrics(request.accept())));

    /** @param changes whether it takes the token */
    private record Route(String method, Pattern path, boolean changes, BiFunction<Request, Matcher, Response> answer) {

        Route(String method, String path, boolean changes, BiFunction<Request, Matcher, Response> answer) {
            this(method, Pattern.compile(path), changes, answer);
        }

        Matcher match(String found) {
            return path.matcher(found);
        }
    }

    /** @param worker the name of this process */
    Routes(List<? extends ManagedStream> streams, Supplier<RelayMetrics> metrics, Bearer bearer, String worker) {
        this.streams = streams;
        this.metrics = metrics;
        this.bearer = bearer;
        this.worker = worker;
    }

    /** @throws Problem if it can't be answered */
    Response answer(Request request) {
        List<Route> here = routes.stream()
                .filter(route -> route.match(request.path()).matches())
                .toList();
        if (here.isEmpty()) {
            throw new Problem(
                    404, "Expected /streams, /streams/{name}/status, /health/live, /health/ready or /metrics.");
        }
        Route route = here.stream()
                .filter(one -> one.method().equals(request.method()))
                .findFirst()
                .orElseThrow(() -> notAllowed(here));
        if (route.changes()) {
            bearer.require(request.authorization());
        }
        Matcher path = route.match(request.path());
        path.matches();
        return route.answer().apply(request, path);
    }

    private static Problem notAllowed(List<Route> here) {
        String allowed = here.stream()
                .map(route -> route.method().equals("GET") ? "GET, HEAD" : route.method())
                .collect(Collectors.joining(", "));
        return new Problem(405, "Expected " + allowed + " here.", Map.of("Allow", allowed));
    }

    private ManagedStream stream(Matcher path) {
        String name = path.group(1);
        return streams.stream()
                .filter(stream -> stream.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Problem(
                        404,
                        "Expected one of the streams "
                                + streams.stream().map(ManagedStream::name).collect(Collectors.joining(", "))
                                + ", found '" + name.substring(0, Math.min(name.length(), LONGEST_QUOTED)) + "'."));
    }

    private Response all() {
        List<StreamStatus> now = streams.stream().map(ManagedStream::status).toList();
        return Response.json(200, Json.array(now, (json, status) -> StatusJson.write(json, status, worker)));
    }

    private Response one(ManagedStream stream) {
        return one(200, stream);
    }

    private Response one(int status, ManagedStream stream) {
        return Response.json(status, Json.value(json -> StatusJson.write(json, stream.status(), worker)));
    }

    private Response command(
            ManagedStream stream, String name, Request request, BiFunction<ManagedStream, String, Answer> command) {
        MDC.put("stream", stream.name());
        try {
            log.info("Asked to {} by {}.", name, request.from());
            Answer answer = command.apply(stream, request.from());
            return switch (answer.outcome()) {
                case DONE -> one(200, stream);
                case ACCEPTED -> one(202, stream);
                case REFUSED -> throw new Problem(409, answer.sentence());
            };
        } finally {
            MDC.remove("stream");
        }
    }

    private Response health(Predicate<ManagedStream> isWell) {
        boolean allWell = streams.stream().allMatch(isWell);
        byte[] body = Json.object(json -> {
            json.writeStringProperty("status", allWell ? "UP" : "DOWN");
            json.writeArrayPropertyStart("streams");
            streams.forEach(stream -> HealthJson.write(json, stream.status(), isWell.test(stream)));
            json.writeEndArray();
        });
        return Response.json(allWell ? 200 : 503, body);
    }

    private Response metrics(String accept) {
        String contentType = RelayMetrics.contentType(accept);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(32 * 1024);
        try {
            metrics.get().write(bytes, contentType);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Response(200, contentType, bytes.toByteArray(), Map.of());
    }
}
