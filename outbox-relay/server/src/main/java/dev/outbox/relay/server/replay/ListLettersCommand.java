package dev.outbox.relay.server.replay;

import dev.outbox.relay.server.ExitCode;
import dev.outbox.relay.server.Main;
import dev.outbox.relay.server.config.StreamConfig;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** {@code outbox-relay dead-letters list}. */
@Command(
        name = "list",
        description = "Lists a stream's dead letters, one line each, without what is in them.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:they are listed, or there are none",
            "1:the topic could not be read",
            "2:the command line or the configuration is wrong, or has no such stream",
            "3:the JVM ran out of memory"
        })
final class ListLettersCommand implements Callable<Integer> {

    @Mixin
    private final LetterOptions letters = new LetterOptions();

    @Option(names = "--json", description = "Print one JSON object instead of lines.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    ListLettersCommand() {}

    @Override
    public Integer call() {
        StreamConfig stream = letters.stream();
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        if (json) {
            json(stream, out);
        } else {
            lines(stream, out);
        }
        out.flush();
        return ExitCode.OK;
    }

    private void lines(StreamConfig stream, PrintWriter out) {
        new LetterReader(stream).read(letter -> {
            if (letters.matches(letter)) {
                out.println(letter.place() + "  " + letter.deadAt() + "  " + letter.reason() + "  "
                        + orDash(letter.eventId()) + "  " + letter.position() + "  " + orDash(letter.topic()) + "  "
                        + letter.error() + ": " + letter.message());
            }
        });
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private void json(StreamConfig stream, PrintWriter out) {
        JsonFactory factory = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();
        try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), out)) {
            generator.writeStartObject();
            generator.writeArrayPropertyStart("deadLetters");
            new LetterReader(stream).read(letter -> {
                if (letters.matches(letter)) {
                    write(generator, letter);
                }
            });
            generator.writeEndArray();
            generator.writeEndObject();
        }
        out.println();
    }

    private static void write(JsonGenerator json, Letter letter) {
        json.writeStartObject();
        json.writeStringProperty("offset", letter.place());
        json.writeStringProperty("deadAt", letter.deadAt().toString());
        json.writeStringProperty("reason", letter.reason());
        json.writeStringProperty("eventId", letter.eventId());
        json.writeStringProperty("position", letter.position());
        json.writeStringProperty("topic", letter.topic());
        json.writeStringProperty("error", letter.error());
        json.writeStringProperty("message", letter.message());
        json.writeBooleanProperty("reference", letter.isReference());
        json.writeEndObject();
    }
}
