package dev.outbox.relay.faults;

import dev.outbox.relay.server.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import picocli.CommandLine;

/** {@code outbox-relay adopt}, in this JVM: it costs a tenth of a process. */
final class Adopt {

    private static final int OK = 0;

    private Adopt() {}

    /** Accepts the gap that there is. Returns the range that was recorded. */
    static Gap accept(Path config, String stream) {
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output, true);
        int code = new CommandLine(new Main())
                .setOut(printer)
                .setErr(printer)
                .execute("adopt", "--config", config.toString(), "--stream", stream, "--accept-gap", "--yes");
        if (code != OK || !output.toString().contains("Accepted, and recorded in ")) {
            throw new AssertionError("adopt ended with " + code + ": " + output);
        }
        return Gap.find(output.toString())
                .orElseThrow(() -> new AssertionError("adopt has said no range of the gap: " + output));
    }
}
