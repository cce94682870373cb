package dev.outbox.relay.server.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between HTTP and the routes: takes requests within their bounds, and answers whatever happens. */
final class AdminHandler implements HttpHandler {

    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

    /** Nothing that can be asked has a body. */
    private static final int MOST_BYTES = 8 * 1024;

    private final Function<Request, Response> routes;

    AdminHandler(Function<Request, Response> routes) {
        this.routes = routes;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            write(exchange, answer(exchange));
        }
    }

    private Response answer(HttpExchange exchange) throws IOException {
        Request request = request(exchange);
        try {
            requireSmall(exchange);
            return routes.apply(request);
        } catch (Problem e) {
            log.debug("{}: {}", request, e.getMessage());
            return e.response();
        } catch (RuntimeException e) {
            log.error("{} could not be answered: {}", request, e.toString(), e);
            return new Problem(500, "Something went wrong here. The relay's log has it.").response();
        }
    }

    private static Request request(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        Headers headers = exchange.getRequestHeaders();
        return new Request(
                method.equals("HEAD") ? "GET" : method,
                Objects.requireNonNullElse(exchange.getRequestURI().getRawPath(), ""),
                Objects.requireNonNullElse(headers.getFirst("Accept"), ""),
                headers.getFirst("Authorization"),
                exchange.getRemoteAddress().getAddress().getHostAddress());
    }

    private static void requireSmall(HttpExchange exchange) throws IOException {
        if (isLarge(exchange.getRequestHeaders().getFirst("Content-Length"))
                || exchange.getRequestBody().readNBytes(MOST_BYTES + 1).length > MOST_BYTES) {
            throw new Problem(
                    413, "Expected a body of " + MOST_BYTES + " bytes or less.", Map.of("Connection", "close"));
        }
    }

    private static boolean isLarge(@Nullable String length) {
        // The server itself refuses what is no number.
        return length != null && Long.parseLong(length.strip()) > MOST_BYTES;
    }

    private static void write(HttpExchange exchange, Response response) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", response.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        response.headers().forEach(headers::set);
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(response.body().length));
            exchange.sendResponseHeaders(response.status(), -1);
        } else {
            exchange.sendResponseHeaders(response.status(), response.body().length);
            exchange.getResponseBody().write(response.body());
        }
    }
}
