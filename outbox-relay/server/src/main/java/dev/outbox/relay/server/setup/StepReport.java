package dev.outbox.relay.server.setup;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** What was made and what was there, stream by stream: each when it is known, for a later one may fail. */
interface StepReport extends AutoCloseable {

    void stream(String name);

    void step(boolean made, String what);

    @Override
    void close();

    static StepReport text(PrintWriter out) {
        return new StepReport() {
            @Override
            public void stream(String name) {
                out.println("Stream " + name);
            }

            @Override
            public void step(boolean made, String what) {
                out.println((made ? "  made   " : "  there  ") + what);
                out.flush();
            }

            @Override
            public void close() {
                out.flush();
            }
        };
    }

    /** {@code {"streams": [{"name": …, "steps": [{"state": "made", "what": …}]}]}}, whole also after a failure. */
    static StepReport json(PrintWriter out) {
        JsonGenerator json = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build()
                .createGenerator(ObjectWriteContext.empty(), out);
        json.writeStartObject();
        json.writeArrayPropertyStart("streams");
        return new StepReport() {
            private @Nullable String open;

            @Override
            public void stream(String name) {
                end();
                open = name;
                json.writeStartObject();
                json.writeStringProperty("name", name);
                json.writeArrayPropertyStart("steps");
            }

            @Override
            public void step(boolean made, String what) {
                json.writeStartObject();
                json.writeStringProperty("state", made ? "made" : "there");
                json.writeStringProperty("what", what);
                json.writeEndObject();
            }

            private void end() {
                if (open != null) {
                    json.writeEndArray();
                    json.writeEndObject();
                }
            }

            @Override
            public void close() {
                end();
                json.writeEndArray();
                json.writeEndObject();
                json.close();
                out.println();
            }
        };
    }
}
