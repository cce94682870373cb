package dev.outbox.relay.server;

import dev.outbox.OutboxTable;
import dev.outbox.relay.server.check.CheckCommand;
import dev.outbox.relay.server.setup.AdminCommands;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import picocli.CommandLine;

/**
 * A healthy database of its own for each patient, on a server where nothing is to be objected to, and what {@code check}
 * says once something was done to it.
 */
final class Clinic {

    static final PostgresServer POSTGRES =
            PostgresServer.start(Map.of("max_slot_wal_keep_size", "10GB", "max_prepared_transactions", "5"));

    /** The principals of its second listener, which asks for a password, have no rights but those that are given. */
    static final KafkaBroker BROKER;

    private static final int SASL_PORT = freePort();
    private static final AtomicInteger COUNT = new AtomicInteger();

    static {
        int port = freePort();
        int controllerPort = freePort();
        BROKER = KafkaBroker.start(
                port,
                Map.of(
                        "listeners",
                        "PLAINTEXT://localhost:" + port + ",SASL_PLAINTEXT://localhost:" + SASL_PORT
                                + ",CONTROLLER://localhost:" + controllerPort,
                        "controller.quorum.bootstrap.servers",
                        "localhost:" + controllerPort,
                        "listener.security.protocol.map",
                        "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "sasl.enabled.mechanisms",
                        "PLAIN",
                        "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required user_relay=\"kafka-secret\";",
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users",
                        "User:ANONYMOUS"));
        Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close));
        POSTGRES.createDatabase("healthy");
        makeHealthy(POSTGRES, "healthy");
    }

    final String name = "patient" + COUNT.incrementAndGet();
    private final Map<String, String> settings = new TreeMap<>();
    private String kafka = "bootstrap.servers: " + BROKER.bootstrapServers();

    Clinic() {
        POSTGRES.execute("postgres", "CREATE DATABASE " + name + " TEMPLATE healthy");
        settings.put("url", POSTGRES.url(name));
        settings.put("username", "relay");
        settings.put("slot", name);
        settings.put("topic", name + ".{aggregateType}");
    }

    static void makeHealthy(PostgresServer server, String database) {
        server.execute(database, "CREATE ROLE relay LOGIN REPLICATION");
        server.execute(database, OutboxTable.ddl());
        server.execute(database, "GRANT SELECT ON outbox TO relay");
        server.execute(database, "CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The database's name stands for {@code {db}}. */
    String filled(String text) {
        return text.replace("{db}", name)
                .replace("{url}", POSTGRES.url(name))
                .replace("{brokers}", BROKER.bootstrapServers())
                .replace("{sasl}", "localhost:" + SASL_PORT);
    }

    Clinic execute(String sql) {
        POSTGRES.execute(name, filled(sql));
        return this;
    }

    /** A setting of the stream; a value that is a YAML mapping is taken as such. */
    Clinic set(String setting, String value) {
        settings.put(setting, filled(value));
        return this;
    }

    /** Such as {@code slot=other; partitions=6}. */
    Clinic set(String assignments) {
        for (String assignment : assignments.split(";", -1)) {
            String[] parts = assignment.strip().split("=", 2);
            set(parts[0], parts[1]);
        }
        return this;
    }

    /** Lines under {@code kafka}. */
    Clinic kafka(String lines) {
        kafka = lines;
        return this;
    }

    /** Through the listener that asks for a password. */
    Clinic withRights(String... rights) {
        return withPassword("kafka-secret", rights);
    }

    Clinic withPassword(String password, String... rights) {
        for (String right : rights) {
            allow(right);
        }
        return kafka("bootstrap.servers: localhost:" + SASL_PORT
                + "\n    security.protocol: SASL_PLAINTEXT\n    sasl.mechanism: PLAIN\n    sasl.jaas.config:"
                + " org.apache.kafka.common.security.plain.PlainLoginModule required username=\"relay\""
                + " password=\"" + password + "\";");
    }

    /** Such as {@code TOPIC outbox. WRITE}; names are prefixes. */
    private void allow(String right) {
        String[] parts = filled(right).split(" ", -1);
        ResourceType type = ResourceType.valueOf(parts[0]);
        ResourcePattern resource = new ResourcePattern(
                type,
                type == ResourceType.CLUSTER ? "kafka-cluster" : parts[1],
                type == ResourceType.CLUSTER ? PatternType.LITERAL : PatternType.PREFIXED);
        try (Admin admin = admin()) {
            admin.createAcls(List.of(new AclBinding(
                            resource,
                            new AccessControlEntry(
                                    "User:relay", "*", AclOperation.valueOf(parts[2]), AclPermissionType.ALLOW))))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Such as {@code {db}.Order 3 cleanup.policy=compact}. */
    Clinic topic(String text) {
        String[] parts = filled(text).split(" ", -1);
        Map<String, String> config = new TreeMap<>();
        for (int i = 2; i < parts.length; i++) {
            String[] setting = parts[i].split("=", 2);
            config.put(setting[0], setting[1]);
        }
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(parts[0], Optional.of(Integer.valueOf(parts[1])), Optional.empty())
                            .configs(config)))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()));
    }

    String yaml() {
        StringBuilder yaml = new StringBuilder("relay:\n  kafka:\n    " + kafka + "\n  streams:\n    " + name + ":\n");
        settings.forEach((setting, value) -> yaml.append("      ")
                .append(setting)
                .append(": ")
                .append(value.startsWith("{ ") ? value : "\"" + value + "\"")
                .append('\n'));
        return yaml.toString();
    }

    /** A run of {@code check}. */
    record Visit(int exitCode, String output) {

        /** All lines of findings that are not ok, without their indent. */
        List<String> complaints() {
            return output.lines()
                    .filter(line -> line.matches(" {2}(warning|error|unknown) .*"))
                    .map(String::strip)
                    .toList();
        }
    }

    Visit check(String... options) {
        return check(InstantSource.system(), options);
    }

    Visit check(InstantSource clock, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("--config", Shop.write(yaml()).toString()));
        arguments.addAll(List.of(options));
        return run(new CheckCommand(clock, AdminCommands.admin("postgres")), arguments.toArray(String[]::new));
    }

    static Visit run(Object command, String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output, true);
        int exitCode = Main.reporting(new CommandLine(command))
                .setOut(printer)
                .setErr(printer)
                .execute(arguments);
        printer.flush();
        return new Visit(exitCode, output.toString());
    }

    /** One event in a transaction of its own. */
    void insert(String payload) {
        execute("""
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                VALUES (gen_random_uuid(), 'Order', '1', 'happened.v1', '%s', now())
                """.formatted(payload));
    }

    String query(String sql) {
        try (Connection connection = POSTGRES.connect(name);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(filled(sql))) {
            return result.next() ? result.getString(1) : "";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Waits until all that was committed by now has arrived, and is stored as such. */
    void awaitConfirmed() {
        String lsn = query("SELECT pg_current_wal_lsn()");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> query("SELECT confirmed_flush_lsn >= '" + lsn
                                + "' FROM pg_replication_slots WHERE slot_name = '{db}'")
                        .equals("t"));
    }

    static void send(ProducerRecord<byte[], byte[]> record) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** So that the next one has nothing to object to. */
    void release() {
        POSTGRES.execute(
                "postgres", "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
        try (Admin admin = admin()) {
            admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
