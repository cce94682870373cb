package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Something wrong in the relay that the matrix has to see: a source file in which one piece of text is replaced, compiled
 * for the occasion, and put on the class path before the shipped jar. It exists nowhere else.
 */
enum Defect {
    /** pgjdbc confirms by itself whatever came before a keepalive. */
    AUTOMATIC_FLUSH(
            "engine/src/main/java/dev/outbox/relay/replication/ReplicationStream.java",
            "withAutomaticFlush(false)",
            "withAutomaticFlush(true)"),

    /** A transaction is confirmed once its Commit was read, whatever of it is outstanding. */
    CONFIRM_BEFORE_ACK(
            "engine/src/main/java/dev/outbox/relay/TransactionSegment.java",
            "return outstanding.get() == 0 ? endLsn : null;",
            "return endLsn;"),

    /** A record that the brokers refuse counts as delivered. */
    ACK_IGNORES_FAILURES(
            "server/src/main/java/dev/outbox/relay/server/Sending.java",
            "if (error == null) {",
            "if (error == null || metadata != null) {"),

    /** The first event behind the stored position is taken for one that was delivered. */
    SKIPPED_FIRST_EVENT(
            "engine/src/main/java/dev/outbox/relay/ReplicationLoop.java",
            "private boolean isSkipped(Begin transaction, long place) {",
            """
            private boolean skippedOne;

            private boolean isSkipped(Begin transaction, long place) {
                if (!skippedOne && skipTo.index() >= 0 && transaction.commitLsn().compareTo(skipTo.commitLsn()) > 0) {
                    skippedOne = true;
                    return true;
                }
            """),

    /** A position of another timeline is compared by its LSN. */
    TIMELINES_COMPARED(
            "engine/src/main/java/dev/outbox/relay/Continuation.java",
            "if (position.timeline() == found.timeline()) {\n            return Optional.of(stored.confirmableLsn());",
            "if (position.timeline() <= found.timeline()) {\n            return Optional.of(stored.confirmableLsn());");

    private static final Set<Defect> COMPILED = ConcurrentHashMap.newKeySet();

    private final String file;
    private final String right;
    private final String wrong;

    Defect(String file, String right, String wrong) {
        this.file = file;
        this.right = right;
        this.wrong = wrong;
    }

    /** The folder with its classes, which are compiled on the first call. */
    synchronized Path compiled(Path directory) {
        Path classes = directory.resolve(name().toLowerCase(Locale.ROOT));
        // Those of an earlier build may be of other sources.
        if (!COMPILED.contains(this)) {
            compile(classes);
            COMPILED.add(this);
        }
        return classes;
    }

    private void compile(Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter output = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Path source = classes.resolveSibling(classes.getFileName() + ".src")
                    .resolve(Path.of(file).getFileName());
            Files.createDirectories(classes);
            Files.createDirectories(source.getParent());
            Files.writeString(source, spoilt(Files.readString(Settings.sources().resolve(file))));
            List<String> options = List.of(
                    "-proc:none",
                    "-nowarn",
                    "-d",
                    classes.toString(),
                    "-cp",
                    Settings.relayJar().toString());
            if (!compiler.getTask(output, files, null, options, null, files.getJavaFileObjects(source))
                    .call()) {
                throw new IllegalStateException("The defect " + this + " does not compile: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String spoilt(String source) {
        int at = source.indexOf(right);
        if (at < 0 || source.indexOf(right, at + 1) >= 0) {
            throw new IllegalStateException("Expected '" + right + "' once in " + file + ", found it "
                    + (at < 0 ? "nowhere" : "more than once") + ": say anew what the defect " + this + " is.");
        }
        return source.substring(0, at) + wrong + source.substring(at + right.length());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
