package dev.outbox.relay.server.check;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.check.Finding.Level;
import dev.outbox.relay.server.Sentences;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What was found in one stream, in the order of looking. For one thread. */
final class Findings {

    private final List<Finding> all = new ArrayList<>();

    void add(Finding finding) {
        all.add(finding);
    }

    void addAll(Collection<Finding> findings) {
        all.addAll(findings);
    }

    /** What stops a stream, in the words that it stops with. */
    void add(String subject, RelayException error) {
        all.add(new Finding(Level.ERROR, subject, "", withoutStop(Sentences.words(error)), ""));
    }

    private static String withoutStop(String words) {
        return words.endsWith(".") ? words.substring(0, words.length() - 1) : words;
    }

    List<Finding> all() {
        return List.copyOf(all);
    }

    long count(Level level) {
        return all.stream().filter(finding -> finding.level() == level).count();
    }

    boolean anyError() {
        return count(Level.ERROR) > 0;
    }

    boolean anyUnknown() {
        return count(Level.UNKNOWN) > 0;
    }
}
