package dev.outbox.relay;

import dev.outbox.relay.check.Finding;
import dev.outbox.relay.replication.Published;
import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.ServerIdentity;
import dev.outbox.relay.replication.Sighting;
import dev.outbox.relay.replication.Source;
import dev.outbox.relay.replication.SourceLook;
import dev.outbox.relay.replication.SourceProbe;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a stream's database as a start would, and tells all that it finds and not only the first mistake. Changes
 * nothing, takes no slot, and so can be used while a relay streams.
 */
public final class SourceCheck {

    private static final String POSITION = "position";

    private final RelayConfig config;
    private final Set<String> knownSlots;
    private final InstantSource clock;
    private final String acceptGap;
    private final @Nullable Login admin;

    /**
     * A check of one stream's database. Connects to nothing.
     *
     * @param knownSlots slots that are somebody's, though they may be idle
     * @param clock this machine's, to compare the server's with
     * @param acceptGap what is to be run for a gap to be accepted
     * @param admin who looks why the relay's role is not let in, which the server doesn't tell it; or null
     */
    public SourceCheck(
            RelayConfig config, Set<String> knownSlots, InstantSource clock, String acceptGap, @Nullable Login admin) {
        this.admin = admin;
        this.config = config;
        this.knownSlots = Set.copyOf(knownSlots);
        this.clock = clock;
        this.acceptGap = acceptGap;
    }

    /**
     * What was found.
     *
     * @param findings in the order of what depends on what
     * @param topics those that events in the table go to, as far as was looked
     * @param clockAhead how far the server's clock is ahead of this machine's; negative if behind, empty if unknown
     */
    public record Report(List<Finding> findings, Set<String> topics, Optional<Duration> clockAhead) {}

    /**
     * Looks. What can't be looked at is a finding, and no exception.
     *
     * @param stored asks the host for the stream's stored checkpoint; may throw {@link RelayException}
     */
    public Report run(Supplier<Optional<Checkpoint>> stored) {
        List<Finding> findings = new ArrayList<>();
        Optional<Checkpoint> checkpoint = Optional.empty();
        boolean known = true;
        try {
            checkpoint = stored.get();
        } catch (RelayException e) {
            known = false;
        }
        Source source = OpenStream.source(config, checkpoint.isEmpty());
        SourceLook look = SourceLook.at(
                source,
                knownSlots,
                clock,
                admin == null ? null : source.of(admin.url(), admin.username(), admin.password()));
        findings.addAll(look.findings());
        if (look.unusableSlot().isPresent()) {
            findings.add(unusable(look.unusableSlot().get()));
        } else if (!known) {
            findings.add(Finding.unknown(POSITION, "the stored position can't be read"));
        } else if (look.identity().isPresent() && !hasErrors(findings)) {
            findings.add(position(source, look.identity().get(), checkpoint));
        }
        Set<String> topics = topics(look.aggregateTypes(), findings);
        return new Report(List.copyOf(findings), topics, look.clockAhead());
    }

    private Set<String> topics(List<String> aggregateTypes, List<Finding> findings) {
        Set<String> topics = new TreeSet<>();
        for (String aggregateType : aggregateTypes) {
            try {
                topics.add(config.topicOf(aggregateType));
            } catch (RelayException e) {
                findings.add(said(Finding.Level.WARNING, "routes", Failures.message(e), ""));
            }
        }
        return topics;
    }

    private static boolean hasErrors(List<Finding> findings) {
        return findings.stream().anyMatch(finding -> finding.level() == Finding.Level.ERROR);
    }

    private Finding unusable(ReplicationException e) {
        return e.gapAfter() == null
                ? error("slot", Failures.message(e), "")
                : error("slot", Failures.message(e), gap());
    }

    private String gap() {
        return "Look at the gap, and accept it: " + acceptGap;
    }

    /** Whether a start would go on from the checkpoint. */
    private Finding position(Source source, ServerIdentity server, Optional<Checkpoint> stored) {
        if (stored.isEmpty()) {
            return Finding.ok(POSITION, "none yet: the stream begins where the slot stands");
        }
        try (SourceProbe probe = SourceProbe.connect(source)) {
            Sighting sighting = probe.look(Published.UNKNOWN);
            Found found = new Found(
                    source.address(),
                    new SourceIdentity(
                            server.systemIdentifier(),
                            source.slot(),
                            sighting.published().publicationOid(),
                            sighting.published().entryOid(),
                            sighting.published().tableOid()),
                    server.timeline(),
                    probe.confirmedLsn(),
                    sighting.lsn(),
                    sighting.inRecovery(),
                    source::timelineHistory);
            Acknowledged goesOn = Continuation.of(stored.get(), found);
            return Finding.ok(POSITION, stored.get().position() + ", goes on behind " + goesOn.confirmableLsn());
        } catch (GapException e) {
            return error(POSITION, Failures.message(e), gap());
        } catch (ReplicationException e) {
            return Finding.unknown(POSITION, Failures.message(e));
        }
    }

    private static Finding error(String subject, String message, String mend) {
        return said(Finding.Level.ERROR, subject, message, mend);
    }

    /** What an exception says, whose words are expected, found and what to do already. */
    private static Finding said(Finding.Level level, String subject, String message, String mend) {
        String found = message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
        return new Finding(level, subject, "", found, mend);
    }
}
