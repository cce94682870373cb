package dev.outbox.relay.faults;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * What a fault can take hold of: servers, links, relays, load, and a database, slot and topics of the case's own. For the
 * case's thread.
 */
final class Target implements AutoCloseable {

    /** Of each topic. */
    static final int PARTITIONS = 3;

    private static final int FIRST_STARTS = 3;

    private final Case of;
    private final String name;
    private final Lane lane;
    private final RelayJvm jvm;
    private final Path directory;
    private final Path config;
    private final Random random;
    private final Load load;
    private final Reader reader;
    private final Truth truth;
    private final Admin admin;
    private final @Nullable Witness witness;
    private final List<RelayProcess> relays = new ArrayList<>();
    private @Nullable RelayProcess relay;
    private int round;

    /** @param name of database, slot, stream, and before the topics' names */
    Target(Case of, String name, Lane lane, RelayJvm jvm) throws Exception {
        this.of = of;
        this.name = name;
        this.lane = lane;
        this.jvm = jvm;
        this.random = Settings.random(of);
        this.directory = Files.createDirectories(Settings.output().resolve(of.fileName()));
        lane.postgres().createDatabase(name);
        sql(Writer.outboxDdl());
        sql(Writer.LEDGER_DDL);
        this.witness =
                of.fault().expected() == Fault.Expected.GAP ? Witness.begin(name, of.version(), this::connect) : null;
        this.admin = Admin.create(Map.of(
                "bootstrap.servers", lane.broker().bootstrapServers(),
                "request.timeout.ms", "10000",
                "default.api.timeout.ms", "10000"));
        for (String type : Load.TYPES) {
            createTopic(topic(type));
        }
        this.config = Files.writeString(directory.resolve("relay.yaml"), RelayYaml.of(this));
        this.load = new Load(this::connect);
        this.reader = new Reader(lane.broker().bootstrapServers(), name);
        this.truth = new Truth(load, reader, witness);
    }

    Case of() {
        return of;
    }

    boolean exactlyOnce() {
        return of.mode().exactlyOnce();
    }

    /** Of the database, the slot, the stream; each topic's name begins with it. */
    String name() {
        return name;
    }

    Random random() {
        return random;
    }

    /** The case's own directory, which stays. */
    Path directory() {
        return directory;
    }

    PostgresServer postgres() {
        return lane.postgres();
    }

    KafkaBroker broker() {
        return lane.broker();
    }

    /**
     * Starts one more broker of the cluster, before the relay. The first one keeps all that the relay's fate hangs on: the
     * position, and what there is to know of its transactions. The case's servers have to be renewed then.
     */
    void startSecondBroker() throws Exception {
        admin.createTopics(List.of(new NewTopic(positionTopic(), 1, (short) 1)
                        .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT))))
                .all()
                .get();
        // Asked for the first time, the broker makes the topic of all transactions.
        assertThatThrownBy(() -> admin.describeTransactions(List.of(transactionalId()))
                        .description(transactionalId())
                        .get())
                .hasCauseInstanceOf(TransactionalIdNotFoundException.class);
        lane.startSecondBroker();
    }

    /** The one that was started. */
    KafkaBroker secondBroker() {
        return lane.secondBroker();
    }

    /** Between relay and PostgreSQL; nobody else's connections go through it. */
    Link postgresLink() {
        return lane.postgresLink();
    }

    /** Between relay and broker; nobody else's connections go through it. */
    Link brokerLink() {
        return lane.brokerLink();
    }

    /** A standby of the server, the fault's own until it fails over to it. */
    PostgresServer startPostgresStandby() {
        return lane.startStandby();
    }

    /** Another server takes the place of the one there was, which is closed; the relay's link leads there. */
    void failOverTo(PostgresServer other) {
        lane.failOverTo(other);
    }

    Load load() {
        return load;
    }

    Truth truth() {
        return truth;
    }

    Reader reader() {
        return reader;
    }

    /** A client of the broker, past the link. */
    Admin admin() {
        return admin;
    }

    /** The one that is the relay's default. */
    String positionTopic() {
        return "outbox-relay." + name + ".position";
    }

    /** The one that is the relay's default. */
    String transactionalId() {
        return "outbox-relay-" + name;
    }

    /** The topic that an aggregate type's events go to. */
    String topic(String aggregateType) {
        return name + "." + aggregateType;
    }

    /** Makes a topic as those of the load are, with the fault's settings. */
    void createTopic(String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty())
                        .configs(of.fault().topicSettings())))
                .all()
                .get();
    }

    /** Changes a setting of the topics of the load. */
    void alterTopics(String setting, String value) {
        Load.TYPES.forEach(type -> alterTopic(type, setting, value));
    }

    /** Changes a setting of one of them. */
    void alterTopic(String aggregateType, String setting, String value) {
        var operation = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic(aggregateType));
        try {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(operation)))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** The relay that was started last. */
    RelayProcess relay() {
        if (relay == null) {
            throw new IllegalStateException("no relay was started");
        }
        return relay;
    }

    /** All that were started, the ones that have ended among them. */
    List<RelayProcess> relays() {
        return relays;
    }

    /** Starts a relay and waits until it relays, which it has to. */
    RelayProcess startRelay() {
        RelayProcess started = launchRelay(of.fault().heap());
        await(
                "the relay to start",
                () -> started.saysAfter(0, "Relaying ")
                        || started.failureAfter(0).isPresent());
        started.failureAfter(0).ifPresent(failure -> {
            throw new AssertionError("expected a relay that was started to relay, found that it says: " + failure);
        });
        return started;
    }

    /** Nothing hurts yet: on a machine that is too busy for its servers to answer in time, it is started again. */
    RelayProcess startFirstRelay() {
        for (int tries = 1; ; tries++) {
            RelayProcess started = launchRelay(of.fault().heap());
            await("the relay to start", () -> started.saysAfter(0, "Relaying ") || !started.isAlive());
            if (started.isAlive() || tries == FIRST_STARTS) {
                started.awaitSaying(0, "Relaying ");
                return started;
            }
        }
    }

    /** Starts a relay while another holds the slot, and waits until it stands by. */
    RelayProcess startStandby() {
        RelayProcess started = launchRelay(of.fault().heap());
        started.awaitSaying(0, "Standing by.");
        return started;
    }

    /** Starts a relay and waits for nothing. */
    RelayProcess launchRelay(String heap) {
        return launch(options(heap));
    }

    /** The same with other options for its JVM. */
    RelayProcess launch(List<String> options) {
        Path log = directory.resolve("relay-" + relays.size() + ".log");
        RelayProcess started = RelayProcess.start(options, config, log);
        relays.add(started);
        relay = started;
        return started;
    }

    private List<String> options(String heap) {
        Defect defect = of.defect();
        if (defect != null) {
            return jvm.withDefect(heap, defect);
        }
        return of.fault().clock() ? jvm.withClock(heap, clock()) : jvm.options(heap);
    }

    private Path clock() {
        return directory.resolve("clock");
    }

    /** Sets the wall clock of a relay that runs by its own, counted from the true time. */
    void jumpClock(Duration by) {
        JumpingClock.jump(clock(), by);
    }

    /** How many rounds are over. */
    int round() {
        return round;
    }

    void roundIsOver() {
        round++;
    }

    /** Which one {@link #relay} is from now on, where a fault has started several. */
    void use(RelayProcess other) {
        relay = other;
    }

    Path config() {
        return config;
    }

    /** A connection as superuser, past the link; the caller closes it. */
    Connection connect() throws SQLException {
        return lane.postgres().connect(name);
    }

    /** Runs statements in the case's database, as superuser, past the link. */
    void sql(String sql) {
        lane.postgres().execute(name, sql);
    }

    /** The first column of the first row as text, or empty. */
    String query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() && result.getString(1) != null ? result.getString(1) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** The walsender's process of the relay's stream, if there is one. */
    Optional<Long> walsender() {
        return Optional.of(query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + name + "'"))
                .filter(pid -> !pid.isEmpty())
                .map(Long::valueOf);
    }

    /** Whether the server knows that everything up to there is delivered. */
    boolean isConfirmed(String lsn) {
        return query("SELECT confirmed_flush_lsn >= '" + lsn + "' FROM pg_replication_slots WHERE slot_name = '" + name
                        + "'")
                .equals("t");
    }

    void awaitConfirmed(String lsn) {
        await("the slot to be confirmed up to " + lsn, () -> isConfirmed(lsn));
    }

    /** Lets the fault last. */
    void last(Duration time) {
        Threads.last(time);
    }

    void await(String what, BooleanSupplier condition) {
        Threads.await(what, condition);
    }

    /** Looks where what was committed has committed, if anybody wants to know. */
    void witness() {
        if (witness != null) {
            witness.look();
        }
    }

    /** Ends all that the case has started. */
    @Override
    public void close() {
        relays.forEach(RelayProcess::kill);
        load.close();
        reader.close();
        admin.close(Duration.ZERO);
    }
}
