package dev.outbox.relay.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.outbox.OutboxTable.Column;
import dev.outbox.relay.NullPayload;
import dev.outbox.relay.RecordTimestamp;
import dev.outbox.relay.server.config.AdminConfig.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigTest {

    private static final String KAFKA = "relay:\n  kafka:\n    bootstrap.servers: broker:9092\n";
    private static final String SHOP = KAFKA + "  streams:\n    shop:\n      url: jdbc:postgresql://db:5432/shop\n";

    @TempDir
    Path directory;

    @Test
    void the_example_file_is_a_valid_configuration() {
        ServerConfig config = ConfigReader.read(Path.of("src/main/dist/relay.yaml"), Map.of(), Map.of());

        assertThat(config.streams()).singleElement().satisfies(stream -> {
            assertThat(stream.name()).isEqualTo("shop");
            assertThat(stream.bootstrapServers()).isEqualTo("localhost:9092");
            assertThat(stream.relay().routes()).containsExactly(Map.entry("Person", "people"));
        });
        assertThat(config.shutdownTimeout()).hasSeconds(8);
        assertThat(config.admin()).contains(new AdminConfig("localhost", 8085, Optional.empty(), Optional.empty()));
    }

    @Test
    void without_a_port_nobody_is_listened_to() {
        assertThat(read(SHOP).admin()).isEmpty();
        assertThat(read(SHOP.replace("relay:\n", "relay:\n  admin: { port: 0, token: '' }\n"))
                        .admin())
                .as("a port alone is enough, and an empty token is none")
                .contains(new AdminConfig("localhost", 0, Optional.empty(), Optional.empty()));
    }

    @Test
    void mistakes_in_the_admins_settings_are_told_without_its_secrets() {
        String yaml = SHOP.replace("relay:\n", """
                relay:
                  admin: { host: localhost, token: too-short, tls: { keystore: nowhere.p12 } }
                """);

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(yaml))
                .satisfies(e -> assertThat(e.mistakes())
                        .hasSize(4)
                        .anyMatch(line -> line.startsWith("relay.admin.port: expected a port beside"))
                        .anyMatch(line -> line.startsWith("relay.admin.token: expected 16 to 200"))
                        .anyMatch(line -> line.startsWith(
                                "relay.admin.tls.keystore: expected a file that can be read, found 'nowhere.p12'"))
                        .anyMatch(line -> line.startsWith("relay.admin.tls.keystore-password: expected a key store"))
                        .noneMatch(line -> line.contains("too-short")));
        for (String port : new String[] {"65536", "-1", "http"}) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> read(SHOP.replace("relay:\n", "relay:\n  admin.port: " + port + "\n")))
                    .withMessageContaining("relay.admin.port: expected a port from 0 to 65535, found '" + port + "'");
        }
    }

    @Test
    void the_admins_secrets_are_in_no_text() {
        AdminConfig admin = new AdminConfig(
                "localhost", 1, Optional.of("the-token-of-it"), Optional.of(new Tls(Path.of("a.p12"), "geheim")));

        assertThat(admin.toString()).contains("localhost", "a.p12").doesNotContain("the-token-of-it", "geheim");
    }

    @Test
    void a_url_and_brokers_are_enough() {
        StreamConfig stream = read(SHOP).streams().get(0);

        assertThat(stream.relay().slot()).isEqualTo("outbox");
        assertThat(stream.relay().publication()).isEqualTo("outbox");
        assertThat(stream.relay().topic()).hasToString("outbox.event.{aggregateType}");
        assertThat(stream.createTopics()).isTrue();
        assertThat(stream.partitions()).isEmpty();
        assertThat(stream.failure())
                .isEqualTo(new FailureConfig(
                        OnRecordError.STOP,
                        "outbox.dead-letter.shop",
                        Optional.empty(),
                        new RetryDelays(Duration.ofSeconds(1), Duration.ofSeconds(30))));
        assertThat(stream.delivery())
                .isEqualTo(new DeliveryConfig(
                        DeliveryMode.AT_LEAST_ONCE,
                        "outbox-relay.shop.position",
                        "outbox-relay-shop",
                        Duration.ofMillis(100)));
        assertThat(stream.kafka()).containsExactly(Map.entry("bootstrap.servers", "broker:9092"));
    }

    @Test
    void every_setting_arrives() throws IOException {
        Path store = Files.createFile(directory.resolve("admin.p12"));
        ServerConfig config = read("""
                relay:
                  kafka:
                    bootstrap.servers: broker:9092
                    linger.ms: 1
                    ssl.truststore.location: /etc/trust
                    sasl.something.of.a.plugin: x
                  shutdown-timeout: 5s
                  admin:
                    port: 8085
                    host: 0.0.0.0
                    token: abcdefgh01234567+/==
                    tls: { keystore: KEYSTORE, keystore-password: geheim }
                  retry: { first-delay: 10ms, longest-delay: PT1M }
                  streams:
                    shop:
                      url: jdbc:postgresql://db/shop
                      username: relay
                      password: geheim
                      connection: { sslmode: require }
                      slot: shop_outbox
                      publication: shop
                      table: sales.events
                      columns: { payload: body, aggregate-type: kind }
                      topic: "{aggregateType}.events"
                      routes: { Person: people, order.v1: orders }
                      null-payload: tombstone
                      timestamp: occurred-at
                      max-bytes-in-flight: 2MiB
                      wal-sender-timeout: 1m
                      delivery: exactly-once
                      position-topic: positions.shop
                      transactional-id: relay/shop
                      commit-interval: 50ms
                      create-topics: false
                      partitions: 6
                      replication-factor: 3
                      on-record-error: dead-letter
                      dead-letter-topic: letters
                      ack-timeout: 12s
                      retry: { first-delay: 5s }
                      kafka: { linger.ms: 4, request.timeout.ms: 3000, retry.backoff.ms: 200 }
                """.replace("KEYSTORE", store.toString()));

        assertThat(config.shutdownTimeout()).hasSeconds(5);
        assertThat(config.admin())
                .contains(new AdminConfig(
                        "0.0.0.0", 8085, Optional.of("abcdefgh01234567+/=="), Optional.of(new Tls(store, "geheim"))));
        StreamConfig stream = config.streams().get(0);
        assertThat(stream.failure())
                .isEqualTo(new FailureConfig(
                        OnRecordError.DEAD_LETTER,
                        "letters",
                        Optional.of(Duration.ofSeconds(12)),
                        new RetryDelays(Duration.ofSeconds(5), Duration.ofMinutes(1))));
        assertThat(stream.kafka())
                .containsEntry("linger.ms", "4")
                .containsEntry("request.timeout.ms", "3000")
                .containsEntry("retry.backoff.ms", "200")
                .containsEntry("ssl.truststore.location", "/etc/trust")
                .containsEntry("sasl.something.of.a.plugin", "x");
        assertThat(stream.createTopics()).isFalse();
        assertThat(stream.delivery())
                .isEqualTo(new DeliveryConfig(
                        DeliveryMode.EXACTLY_ONCE, "positions.shop", "relay/shop", Duration.ofMillis(50)));
        assertThat(stream.partitions()).contains(6);
        assertThat(stream.replicationFactor()).contains((short) 3);
        assertThat(stream.relay()).satisfies(relay -> {
            assertThat(relay.username()).isEqualTo("relay");
            assertThat(relay.password()).isEqualTo("geheim");
            assertThat(relay.connectionProperties()).containsEntry("sslmode", "require");
            assertThat(relay.slot()).isEqualTo("shop_outbox");
            assertThat(relay.publication()).isEqualTo("shop");
            assertThat(relay.table()).hasToString("sales.events");
            assertThat(relay.table().column(Column.PAYLOAD)).isEqualTo("body");
            assertThat(relay.table().column(Column.AGGREGATE_TYPE)).isEqualTo("kind");
            assertThat(relay.topic()).hasToString("{aggregateType}.events");
            assertThat(relay.routes()).containsEntry("Person", "people").containsEntry("order.v1", "orders");
            assertThat(relay.nullPayload()).isEqualTo(NullPayload.TOMBSTONE);
            assertThat(relay.timestamp()).isEqualTo(RecordTimestamp.OCCURRED_AT);
            assertThat(relay.maxBytesInFlight()).isEqualTo(2 * 1024 * 1024);
            assertThat(relay.walSenderTimeout()).isEqualTo(Duration.ofMinutes(1));
        });
    }

    @Test
    void delays_of_a_stream_override_the_shared_ones_one_by_one() {
        String yaml = SHOP + "      retry: { %s }\n  retry: { first-delay: 2s, longest-delay: 10s }\n";

        assertThat(retry(yaml.formatted("first-delay: 5s")))
                .isEqualTo(new RetryDelays(Duration.ofSeconds(5), Duration.ofSeconds(10)));
        assertThat(retry(yaml.formatted("longest-delay: 3s")))
                .isEqualTo(new RetryDelays(Duration.ofSeconds(2), Duration.ofSeconds(3)));
        assertThat(retry(yaml.formatted("first-delay: 1m")))
                .isEqualTo(new RetryDelays(Duration.ofMinutes(1), Duration.ofMinutes(1)));
        assertThat(retry(SHOP)).isEqualTo(RetryDelays.DEFAULT);
    }

    private RetryDelays retry(String yaml) {
        return read(yaml).streams().get(0).failure().retry();
    }

    @Test
    void the_environment_overrides_the_file_and_system_properties_override_both() {
        Map<String, String> environment = Map.of(
                "RELAY_STREAMS_SHOP_SLOT", "from_environment",
                "RELAY_STREAMS_SHOP_MAX_BYTES_IN_FLIGHT", "3MiB",
                "RELAY_KAFKA_BOOTSTRAP_SERVERS", "other:1",
                "RELAY_STREAMS_SHOP_KAFKA_LINGER_MS", "3");
        Map<String, String> properties = Map.of("relay.streams.shop.slot", "from_property");

        StreamConfig stream = ConfigReader.read(write(SHOP + "      slot: from_file\n"), environment, properties)
                .streams()
                .get(0);

        assertThat(stream.relay().slot()).isEqualTo("from_property");
        assertThat(stream.relay().maxBytesInFlight()).isEqualTo(3 * 1024 * 1024);
        assertThat(stream.bootstrapServers()).isEqualTo("other:1");
        assertThat(stream.kafka()).containsEntry("linger.ms", "3");
    }

    @Test
    void a_variable_is_put_in_as_it_is() {
        Map<String, String> environment = Map.of("SECRET", "a$$b${c}");

        StreamConfig stream = ConfigReader.read(
                        write(SHOP + "      password: ${SECRET}\n      slot: ${SLOT:by_default}\n"),
                        environment,
                        Map.of())
                .streams()
                .get(0);

        assertThat(stream.relay().password()).isEqualTo("a$$b${c}");
        assertThat(stream.relay().slot()).isEqualTo("by_default");
    }

    @Test
    void the_text_of_a_file_is_put_in_as_it_is_without_the_line_break_at_its_end() throws IOException {
        Files.writeString(directory.resolve("password"), " a$$b${c}\\:}\n\n");
        Files.writeString(directory.resolve("broker"), "geheim\r\n");
        Files.writeString(directory.resolve("token"), "abcdefgh01234567+/==\n");
        Files.writeString(directory.resolve("slot"), "by_file");
        String yaml = SHOP.replace("relay:\n", "relay:\n  admin: { port: 0, token: '${file:DIR/token}' }\n") + """
                      password: ${file:${SECRETS:DIR}/password}
                      kafka:
                        sasl.jaas.config: x.Module required username="relay" password="${file:DIR/broker}";
                """;

        ServerConfig config = ConfigReader.read(
                write(yaml.replace("DIR", directory.toString())),
                Map.of("RELAY_STREAMS_SHOP_SLOT", "${file:" + directory + "/slot}"),
                Map.of());

        assertThat(config.admin().orElseThrow().token()).contains("abcdefgh01234567+/==");
        StreamConfig stream = config.streams().get(0);
        assertThat(stream.relay().password()).isEqualTo(" a$$b${c}\\:}\n");
        assertThat(stream.relay().slot()).isEqualTo("by_file");
        assertThat(stream.kafka())
                .containsEntry("sasl.jaas.config", "x.Module required username=\"relay\" password=\"geheim\";");
    }

    @Test
    void a_file_that_has_no_text_to_give_is_told_in_one_sentence() throws IOException {
        Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 's', 'e', 'c', 'r', 'e', 't'});
        String advice = "; put the secret there, let the relay read it, or correct the path";

        for (Map.Entry<String, String> found : Map.of(
                        directory + "/nowhere",
                        "nothing there",
                        directory.toString(),
                        "a directory",
                        directory + "/binary",
                        "bytes that are not UTF-8",
                        "",
                        "no path, which follows the colon of ${file:/run/secrets/name}")
                .entrySet()) {
            assertThat(mistakes(SHOP + "      password: ${file:" + found.getKey() + "}\n"))
                    .containsExactly("relay.streams.shop.password: expected a text file at '" + found.getKey()
                            + "', found " + found.getValue() + advice);
        }
    }

    @Test
    void what_a_file_holds_is_not_quoted_where_it_is_a_mistake() throws IOException {
        Files.writeString(directory.resolve("secret"), "!geheim \n");
        String file = "${file:" + directory + "/secret}";

        assertThat(mistakes(SHOP + """
                      slot: FILE
                      partitions: FILE
                      kafka: { linger.ms: FILE, acks: FILE }
                """.replace("FILE", "'" + file + "'")))
                .hasSize(4)
                .allMatch(line -> line.contains("found '<read from a file>") && !line.contains("geheim"));
    }

    @Test
    void a_variable_that_looks_like_a_setting_and_is_none_is_warned_of() {
        ServerConfig config =
                ConfigReader.read(write(SHOP), Map.of("RELAY_STREAMS_SHOP_SLTO", "x", "RELAY_PASSWORD", "y"), Map.of());

        assertThat(config.warnings())
                .containsExactly(
                        "The environment variable RELAY_STREAMS_SHOP_SLTO sets nothing: no setting has this name.");
    }

    @Test
    void secrets_are_not_printed() {
        StreamConfig stream = read(SHOP + "      password: geheim\n      kafka: { sasl.jaas.config: geheim }\n")
                .streams()
                .get(0);

        assertThat(stream.toString()).contains("shop").doesNotContain("geheim");
        assertThat(mistakes(SHOP + "      password: geheim\n      slot: '!'\n").toString())
                .doesNotContain("geheim");
    }

    @Test
    void all_mistakes_are_listed_at_once() {
        assertThat(mistakes("""
                relay:
                  shutdown-timeout: soon
                  kafka:
                    acks: 1
                    linger: 5
                  streams:
                    a: { slot: Outbox, password: "${NOWHERE}" }
                    b: { url: "mysql://db", topic: "{kind}", colums: { payload: body } }
                  stream: {}
                """))
                .containsExactlyInAnyOrder(
                        "relay.shutdown-timeout: expected a time with its unit, such as 500ms, 8s, 2m or 1h, found 'soon'",
                        "relay.kafka.acks: expected all; with less, an acknowledged event is lost with one broker;"
                                + " found '1'",
                        "relay.kafka.linger: unknown key; did you mean relay.kafka.linger.ms?",
                        "relay.kafka.bootstrap.servers: expected host:port of one or more brokers, separated by commas,"
                                + " found nothing",
                        "relay.streams.a.url: expected jdbc:postgresql://host:port/database, found nothing",
                        "relay.streams.a.password: expected the environment variable NOWHERE to be set, found it unset;"
                                + " set it, or give a default: ${NOWHERE:default}",
                        "relay.streams.a.slot: expected 1 to 63 lower-case letters, digits and underscores, found"
                                + " 'Outbox'",
                        "relay.streams.b.url: expected jdbc:postgresql://host:port/database, found another scheme",
                        "relay.streams.b.topic: expected {aggregateType} as the only variable, found '{kind}'",
                        "relay.streams.b.colums: unknown key; did you mean relay.streams.b.columns?");
    }

    static Stream<Arguments> mistakes_and_what_is_said_of_them() {
        return Stream.of(
                arguments("relay: {}", "relay.streams: expected at least one stream with its url, found nothing"),
                arguments(
                        KAFKA + "  streams: shop\n",
                        "relay.streams: expected at least one stream with its url, found nothing"),
                arguments(
                        KAFKA + "  streems: { shop: { url: x } }\n",
                        "relay.streems: unknown key; did you mean relay.streams?"),
                arguments("rely: { kafka: {} }\nrelay: { x: 1 }\n", "relay.x: unknown key; expected one of"),
                arguments("rely: { streams: 1 }\nrelay: {}\n", "rely: unknown key; did you mean relay?"),
                arguments(
                        SHOP + "      slto: x\n",
                        "relay.streams.shop.slto: unknown key; did you mean relay.streams.shop.slot?"),
                arguments(
                        SHOP + "      slot: a-b\n",
                        "relay.streams.shop.slot: expected 1 to 63 lower-case letters, digits and underscores, found 'a-b'"),
                arguments(
                        SHOP + "      slot:\n",
                        "relay.streams.shop.slot: expected a value, found nothing at line 7; give one or leave the key out"),
                arguments(
                        SHOP + "      slot: [a, b]\n",
                        "relay.streams.shop.slot: expected a single value, found a list at line 7"),
                arguments(
                        SHOP + "      slot: { name: x }\n",
                        "relay.streams.shop.slot: expected a single value, found further keys below it"),
                arguments(
                        SHOP + "      publication: 'a\"b'\n",
                        "relay.streams.shop.publication: expected 1 to 63 characters without"),
                arguments(
                        SHOP + "      table: a.b.c\n",
                        "relay.streams.shop.table: expected table or schema.table, found 'a.b.c'"),
                arguments(
                        SHOP + "      table: a.\n",
                        "relay.streams.shop.table: expected table or schema.table, found 'a.'"),
                arguments(
                        SHOP + "      columns: { paylod: x }\n",
                        "relay.streams.shop.columns.paylod: unknown key; did you mean relay.streams.shop.columns.payload?"),
                arguments(
                        SHOP + "      columns: { aggregatetype: x }\n",
                        "relay.streams.shop.columns.aggregatetype: unknown key; did you mean relay.streams.shop.columns.aggregate-type?"),
                arguments(
                        SHOP + "      columns: { payload: '' }\n",
                        "relay.streams.shop.columns.payload: expected a column name of 1 to 63 characters as PostgreSQL stores it, not quoted, found ''"),
                arguments(
                        SHOP + "      topic: 'a b'\n",
                        "relay.streams.shop.topic: expected a topic name as Kafka allows it"),
                arguments(
                        SHOP + "      routes: { Person: 'p q' }\n",
                        "relay.streams.shop.routes.Person: expected a topic name as Kafka allows it"),
                arguments(
                        SHOP + "      null-payload: delete\n",
                        "relay.streams.shop.null-payload: expected empty or tombstone, found 'delete'"),
                arguments(
                        SHOP + "      timestamp: now\n",
                        "relay.streams.shop.timestamp: expected commit-time or occurred-at, found 'now'"),
                arguments(
                        SHOP + "      max-bytes-in-flight: 32MB\n",
                        "relay.streams.shop.max-bytes-in-flight: expected a number of bytes, or one with its unit, such as 512KiB, 32MiB or 1GiB, found '32MB'"),
                arguments(
                        SHOP + "      max-bytes-in-flight: 7\n",
                        "relay.streams.shop.max-bytes-in-flight: expected at least 1048576 bytes (1 MiB), found 7"),
                arguments(
                        SHOP + "      wal-sender-timeout: 10\n",
                        "relay.streams.shop.wal-sender-timeout: expected a time with its unit, such as 500ms, 8s, 2m or 1h, found '10'"),
                arguments(
                        SHOP + "      wal-sender-timeout: 10ms\n",
                        "relay.streams.shop.wal-sender-timeout: expected at least 1 second"),
                arguments(
                        SHOP + "      create-topics: yess\n",
                        "relay.streams.shop.create-topics: expected true or false, found 'yess'"),
                arguments(
                        SHOP + "      partitions: 0\n",
                        "relay.streams.shop.partitions: expected a number from 1 to 2147483647, found '0'"),
                arguments(
                        SHOP + "      replication-factor: 99999\n",
                        "relay.streams.shop.replication-factor: expected a number from 1 to 32767, found '99999'"),
                arguments(
                        SHOP + "      kafka: { acks: 0 }\n", "relay.streams.shop.kafka.acks: expected all; with less"),
                arguments(
                        SHOP + "      kafka: { enable.idempotence: false }\n",
                        "relay.streams.shop.kafka.enable.idempotence: expected true; without it"),
                arguments(
                        SHOP + "      kafka: { max.in.flight.requests.per.connection: 6 }\n",
                        "relay.streams.shop.kafka.max.in.flight.requests.per.connection: expected 1;"),
                arguments(
                        SHOP + "      kafka: { key.serializer: x }\n",
                        "relay.streams.shop.kafka.key.serializer: expected nothing; the relay writes"),
                arguments(
                        SHOP + "      kafka: { value.serializer: x }\n",
                        "relay.streams.shop.kafka.value.serializer: expected nothing; the relay writes"),
                arguments(
                        SHOP + "      kafka: { transactional.id: x }\n",
                        "relay.streams.shop.kafka.transactional.id: expected nothing"),
                arguments(
                        SHOP + "      kafka: { delivery.timeout.ms: 1000 }\n",
                        "relay.streams.shop.kafka.delivery.timeout.ms: expected nothing; an event that expired"),
                arguments(
                        SHOP + "      kafka: { retries: 3 }\n",
                        "relay.streams.shop.kafka.retries: expected nothing; an event that is given up"),
                arguments(
                        SHOP + "      kafka: { partitioner.ignore.keys: true }\n",
                        "relay.streams.shop.kafka.partitioner.ignore.keys: expected false"),
                arguments(
                        SHOP + "      kafka: { linger.ms: fast }\n",
                        "relay.streams.shop.kafka.linger.ms: expected a value that Kafka accepts, found 'fast': Not a number of type LONG"),
                arguments(
                        SHOP + "      kafka: { compression.type: zip }\n",
                        "relay.streams.shop.kafka.compression.type: expected a value that Kafka accepts, found 'zip'"),
                arguments(
                        SHOP + "      kafka: { bootstrap.server: x }\n",
                        "relay.streams.shop.kafka.bootstrap.server: unknown key; did you mean relay.streams.shop.kafka.bootstrap.servers?"),
                arguments(SHOP + "      kafka: { group.id: x }\n", "relay.streams.shop.kafka.group.id: unknown key; "),
                arguments(
                        SHOP + "      kafka: x\n",
                        "relay.streams.shop.kafka: expected further keys below it, found a value"),
                arguments(
                        SHOP + "    dos y tres:\n      url: jdbc:postgresql://db/x\n",
                        "relay.streams.dos y tres: expected a name of letters, digits, '-' and '_'"),
                arguments(
                        SHOP + "    other:\n      url: jdbc:postgresql://db/shop?ssl=true\n",
                        "relay.streams.shop.slot: expected a slot of its own, found 'outbox', which the stream 'other' reads on the same server"),
                arguments(
                        SHOP + "  shutdown-timeout: 8 days\n", "relay.shutdown-timeout: expected a time with its unit"),
                arguments(
                        SHOP + "  shutdown-timeout: 1ms\n",
                        "relay.shutdown-timeout: expected at least 1000ms, found 1ms"),
                arguments(
                        SHOP + "  retry: { first-delay: 2m, longest-delay: 1m }\n",
                        "relay.retry.longest-delay: expected at least 120000ms, found 60000ms"),
                arguments(
                        SHOP + "      retry: { longest-delay: 1ms }\n",
                        "relay.streams.shop.retry.longest-delay: expected at least 1000ms, found 1ms"),
                arguments(
                        SHOP + "      on-record-error: ignore\n",
                        "relay.streams.shop.on-record-error: expected stop or dead-letter or skip, found 'ignore'"),
                arguments(
                        SHOP + "      dead-letter-topic: letters\n",
                        "relay.streams.shop.dead-letter-topic: expected relay.streams.shop.on-record-error: dead-letter"
                                + " beside it, found stop, under which nothing goes there"),
                arguments(
                        SHOP + "      on-record-error: dead-letter\n      dead-letter-topic: a b\n",
                        "relay.streams.shop.dead-letter-topic: expected a topic name as Kafka allows it, found 'a b'"),
                arguments(
                        SHOP + "      on-record-error: dead-letter\n      dead-letter-topic: ..\n",
                        "relay.streams.shop.dead-letter-topic: expected a topic name as Kafka allows it, found '..'"),
                arguments(
                        SHOP + "      on-record-error: dead-letter\n      dead-letter-topic: people\n"
                                + "      routes: { Person: people }\n",
                        "relay.streams.shop.dead-letter-topic: expected another topic than those of the events, found"
                                + " 'people'"),
                arguments(
                        SHOP + "      ack-timeout: 3\n",
                        "relay.streams.shop.ack-timeout: expected a time with its unit"),
                arguments(
                        SHOP + "      ack-timeout: 30ms\n",
                        "relay.streams.shop.ack-timeout: expected at least 1000ms, found 30ms"),
                arguments(SHOP + "      slot: a\n      slot: b\n", "found duplicate key slot"),
                arguments(
                        SHOP + "      kafka: { transaction.timeout.ms: 5000 }\n",
                        "relay.streams.shop.kafka.transaction.timeout.ms: expected at least 10000"),
                arguments(
                        SHOP + "      kafka: { transaction.two.phase.commit.enable: true }\n",
                        "transaction.two.phase.commit.enable: expected false"),
                arguments(
                        SHOP + "      delivery: at-most-once\n",
                        "relay.streams.shop.delivery: expected at-least-once or exactly-once, found 'at-most-once'"),
                arguments(
                        SHOP + "      position-topic: a b\n",
                        "relay.streams.shop.position-topic: expected a topic name as Kafka allows it, found 'a b'"),
                arguments(
                        SHOP + "      transactional-id: x\n",
                        "relay.streams.shop.transactional-id: expected relay.streams.shop.delivery: exactly-once beside"),
                arguments(
                        SHOP + "      commit-interval: 1s\n",
                        "relay.streams.shop.commit-interval: expected relay.streams.shop.delivery: exactly-once beside"),
                arguments(
                        SHOP + "      delivery: exactly-once\n      commit-interval: 10s\n",
                        "relay.streams.shop.commit-interval: expected at most 2000ms, found 10000ms"),
                arguments(
                        SHOP + "      position-topic: p\n    other:\n      url: jdbc:postgresql://else:5432/shop\n"
                                + "      position-topic: p\n",
                        "relay.streams.shop.position-topic: expected one of its own, found 'p', which is that of the"
                                + " stream 'other'"),
                arguments("relay: [", "expected YAML, found at line 1"),
                arguments("relay: {}\n---\nrelay: {}\n", "expected YAML, found at line"),
                arguments("", "expected a mapping that begins with 'relay:', found nothing"),
                arguments("just text", "expected a mapping that begins with 'relay:', found a scalar"));
    }

    @ParameterizedTest
    @MethodSource("mistakes_and_what_is_said_of_them")
    void a_mistake_is_named_by_its_full_key(String yaml, String sentence) {
        assertThat(mistakes(yaml)).anySatisfy(mistake -> assertThat(mistake).contains(sentence));
        assertThat(mistakes(yaml)).allSatisfy(mistake -> assertThat(mistake).doesNotContain("\n"));
    }

    @Test
    void a_mistake_from_elsewhere_than_the_file_says_so() {
        ConfigException mistake = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigReader.read(
                        write(SHOP),
                        Map.of("RELAY_STREAMS_SHOP_SLOT", "A"),
                        Map.of("relay.streams.shop.topic", "a b", "relay.streams.shop.nope", "x")));

        assertThat(mistake.mistakes())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("relay.streams.shop.slot:")
                        .endsWith("found 'A' (from the environment variable RELAY_STREAMS_SHOP_SLOT)"))
                .anySatisfy(line ->
                        assertThat(line).startsWith("relay.streams.shop.topic:").endsWith("(from the system property)"))
                .anySatisfy(line -> assertThat(line).startsWith("relay.streams.shop.nope: unknown key"));
    }

    @Test
    void a_missing_file_a_directory_and_foreign_bytes_are_one_sentence_each() throws IOException {
        Path binary = Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        Path missing = directory.resolve("missing.yaml");

        assertThat(mistakes(missing)).containsExactly(missing + ": expected a YAML file, found nothing at this path.");
        assertThat(mistakes(directory)).containsExactly(directory + ": expected a YAML file, found a directory.");
        assertThat(mistakes(binary)).containsExactly(binary + ": expected a YAML file in UTF-8, found other bytes.");
    }

    private ServerConfig read(String yaml) {
        return ConfigReader.read(write(yaml), Map.of(), Map.of());
    }

    private List<String> mistakes(String yaml) {
        return mistakes(write(yaml));
    }

    private static List<String> mistakes(Path file) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, Map.of(), Map.of()))
                .mistakes();
    }

    private Path write(String yaml) {
        try {
            return Files.write(directory.resolve("relay.yaml"), yaml.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
