package dev.outbox.relay.server.check;

import dev.outbox.relay.check.Finding;
import dev.outbox.relay.check.Finding.Level;
import dev.outbox.relay.server.Sentences;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A line for each finding. */
final class TextReport implements Report {

    private static final String EXPECTED = "Expected ";

    private final PrintWriter out;

    TextReport(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void stream(String name, Findings findings) {
        out.println("Stream " + name);
        findings.all().forEach(finding -> out.println("  " + line(finding)));
        out.println("  " + summary(findings));
    }

    /** Such as {@code error    slot: expected …, found …. What mends it.} */
    static String line(Finding finding) {
        String level = finding.level().name().toLowerCase(Locale.ROOT);
        String words = finding.level() == Level.OK ? finding.found() : Sentences.ended(finding.sentence());
        String lower = words.startsWith(EXPECTED) ? Character.toLowerCase(words.charAt(0)) + words.substring(1) : words;
        return "%-7s  %s: %s".formatted(level, finding.subject(), lower);
    }

    private static String summary(Findings findings) {
        List<String> parts = new ArrayList<>();
        count(parts, findings.count(Level.ERROR), "error", "errors");
        count(parts, findings.count(Level.UNKNOWN), "not looked at", "not looked at");
        count(parts, findings.count(Level.WARNING), "warning", "warnings");
        parts.add(findings.count(Level.OK) + " ok");
        return String.join(", ", parts);
    }

    private static void count(List<String> parts, long count, String one, String many) {
        if (count > 0) {
            parts.add(count + " " + (count == 1 ? one : many));
        }
    }

    @Override
    public void end() {
        // Every line is printed already.
    }
}
