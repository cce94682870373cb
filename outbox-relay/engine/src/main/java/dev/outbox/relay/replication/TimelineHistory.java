package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a server's timeline left its ancestors: what TIMELINE_HISTORY returns. All that an ancestor wrote before its
 * switchpoint is part of the timeline; what it wrote from there on is not.
 *
 * @param forks the switchpoint of each ancestor, the oldest first
 */
public record TimelineHistory(Map<Integer, LogSequenceNumber> forks) {

    /** A timeline without ancestors. */
    public static final TimelineHistory NONE = new TimelineHistory(Map.of());

    /**
     * Reads a history file: lines of timeline, switchpoint and reason, between white space; empty lines and those that
     * begin with # say nothing. Source: PostgreSQL's timeline.c.
     *
     * @throws IllegalArgumentException if a line is anything else
     */
    public static TimelineHistory parse(String file) {
        Map<Integer, LogSequenceNumber> forks = new LinkedHashMap<>();
        for (String line : file.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split("\\s+", 3);
            if (fields.length < 2 || !fields[0].matches("\\d{1,9}")) {
                throw new IllegalArgumentException("Not a line of a timeline history file: expected a timeline, its"
                        + " switchpoint and a reason, found \"" + line + "\"");
            }
            forks.put(Integer.valueOf(fields[0]), LogSequenceNumber.parse(fields[1]));
        }
        return new TimelineHistory(forks);
    }

    /** Where the timeline left the ancestor; empty if that is none of its ancestors. */
    public Optional<LogSequenceNumber> fork(int ancestor) {
        return Optional.ofNullable(forks.get(ancestor));
    }
}
