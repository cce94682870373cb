package dev.outbox.relay.server.replay;

import java.io.PrintWriter;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** What became of a replay, in words or as JSON. */
final class Outcome {

    private Outcome() {}

    /** @param dryRun nothing was sent */
    static void print(Tally tally, boolean dryRun, boolean asJson, PrintWriter out) {
        if (asJson) {
            json(tally, dryRun, out);
        } else {
            text(tally, dryRun, out);
        }
        out.flush();
    }

    private static void text(Tally tally, boolean dryRun, PrintWriter out) {
        tally.refusals().forEach(refusal -> out.println("refused  " + refusal.what() + ": " + refusal.why()));
        String topics = tally.byTopic().entrySet().stream()
                .map(topic -> topic.getValue() + " to " + topic.getKey())
                .collect(Collectors.joining(", "));
        out.println((dryRun ? "Would replay " : "Replayed ")
                + tally.sent()
                + (tally.sent() == 1 ? " event" : " events")
                + (topics.isEmpty() ? "" : ": " + topics)
                + (tally.refused() == 0 ? "." : "; " + tally.refused() + " refused."));
    }

    private static void json(Tally tally, boolean dryRun, PrintWriter out) {
        JsonFactory factory = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();
        try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeBooleanProperty("dryRun", dryRun);
            json.writeNumberProperty("replayed", tally.sent());
            json.writeNumberProperty("refused", tally.refused());
            json.writeObjectPropertyStart("topics");
            tally.byTopic().forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeArrayPropertyStart("refusals");
            tally.refusals().forEach(refusal -> {
                json.writeStartObject();
                json.writeStringProperty("event", refusal.what());
                json.writeStringProperty("why", refusal.why());
                json.writeEndObject();
            });
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println();
    }
}
