package dev.outbox.relay.server.setup;

import java.io.PrintWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** What was dropped and what was gone before: lines, or {@code {"steps": [{"state": "dropped", "what": …}]}}. */
final class DropReport implements AutoCloseable {

    private final PrintWriter out;
    private final boolean asJson;
    private final JsonGenerator json;

    DropReport(PrintWriter out, boolean asJson) {
        this.out = out;
        this.asJson = asJson;
        this.json = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build()
                .createGenerator(ObjectWriteContext.empty(), out);
        if (asJson) {
            json.writeStartObject();
            json.writeArrayPropertyStart("steps");
        }
    }

    void step(boolean dropped, String what) {
        if (asJson) {
            json.writeStartObject();
            json.writeStringProperty("state", dropped ? "dropped" : "gone");
            json.writeStringProperty("what", what);
            json.writeEndObject();
        } else {
            out.println((dropped ? "dropped  " : "gone     ") + what);
        }
        out.flush();
    }

    @Override
    public void close() {
        if (asJson) {
            json.writeEndArray();
            json.writeEndObject();
            json.close();
            out.println();
        }
        out.flush();
    }
}
