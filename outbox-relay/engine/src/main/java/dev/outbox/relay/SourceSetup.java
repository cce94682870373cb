package dev.outbox.relay;

import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.SetupSql;
import dev.outbox.relay.replication.Source;
import dev.outbox.relay.replication.SourceInstaller;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes what a stream needs in its database: the role with the rights that it needs and no more, the publication, the
 * slot. What is there already is left as it is, so that it can be run again.
 */
public final class SourceSetup {

    private final RelayConfig config;
    private final boolean withTable;
    private final boolean failover;

    /**
     * A setup for one stream. Connects to nothing.
     *
     * @param withTable whether to make the outbox table as well
     * @param failover whether a slot that is made goes over to standbys, from PostgreSQL 17 on
     */
    public SourceSetup(RelayConfig config, boolean withTable, boolean failover) {
        this.config = config;
        this.withTable = withTable;
        this.failover = failover;
    }

    /**
     * One thing that was seen to.
     *
     * @param made whether it was made now, and was not there
     * @param what the thing
     */
    public record Step(boolean made, String what) {}

    /** The same as SQL, to be run by somebody who may. Holds no password. */
    public String sql() {
        return new SetupSql(OpenStream.source(config, true), withTable, failover).script();
    }

    /**
     * Makes what is missing.
     *
     * @param admin who makes role, grants, table and publication
     * @param stored the stream's checkpoint; where there is one, a slot or publication that is missing is a gap, and is
     *     not made
     * @param seen told of each step when it is done
     * @throws RelayException if something can't be made; steps before it stay made
     */
    public void run(Login admin, Optional<Checkpoint> stored, Consumer<Step> seen) {
        Source source = OpenStream.source(config, stored.isEmpty());
        try {
            new SourceInstaller(
                            source,
                            source.of(admin.url(), admin.username(), admin.password()),
                            new SetupSql(source, withTable, failover))
                    .run((made, what) -> seen.accept(new Step(made, what)));
        } catch (ReplicationException e) {
            throw Failures.of(e);
        }
    }

    /** What {@link #sql} and {@link #run} see to, in order. */
    public List<String> steps() {
        return new SetupSql(OpenStream.source(config, true), withTable, failover)
                .steps().stream().map(SetupSql.Step::what).toList();
    }
}
