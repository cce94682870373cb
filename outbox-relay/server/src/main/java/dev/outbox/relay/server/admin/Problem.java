package dev.outbox.relay.server.admin;

import java.util.Map;

/** A request that is not answered as it was asked, as RFC 9457 has it. Its detail is for whoever asked. */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;

    Problem(int status, String detail) {
        this(status, detail, Map.of());
    }

    /** @param headers what the answer carries beside its body */
    Problem(int status, String detail, Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.headers = headers;
    }

    private static String title(int status) {
        return switch (status) {
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            default -> "Internal Server Error";
        };
    }

    Response response() {
        byte[] body = Json.object(json -> {
            json.writeStringProperty("type", "about:blank");
            json.writeStringProperty("title", title(status));
            json.writeNumberProperty("status", status);
            json.writeStringProperty("detail", getMessage());
        });
        return new Response(status, "application/problem+json", body, headers);
    }
}
