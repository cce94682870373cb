package dev.outbox.relay.server.check;

import dev.outbox.relay.check.Finding;
import java.io.PrintWriter;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** One object: {@code {"streams": [{"name": …, "findings": [{"level": …, "subject": …, …}]}]}}. */
final class JsonReport implements Report {

    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final PrintWriter out;
    private final JsonGenerator json;

    JsonReport(PrintWriter out) {
        this.out = out;
        this.json = JSON.createGenerator(ObjectWriteContext.empty(), out);
        json.writeStartObject();
        json.writeArrayPropertyStart("streams");
    }

    @Override
    public void stream(String name, Findings findings) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeArrayPropertyStart("findings");
        findings.all().forEach(this::write);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(Finding finding) {
        json.writeStartObject();
        json.writeStringProperty("level", finding.level().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("subject", finding.subject());
        writeUnlessEmpty("expected", finding.expected());
        json.writeStringProperty("found", finding.found());
        writeUnlessEmpty("mend", finding.mend());
        json.writeEndObject();
    }

    private void writeUnlessEmpty(String name, String value) {
        if (!value.isEmpty()) {
            json.writeStringProperty(name, value);
        }
    }

    @Override
    public void end() {
        json.writeEndArray();
        json.writeEndObject();
        json.close();
        out.println();
    }
}
