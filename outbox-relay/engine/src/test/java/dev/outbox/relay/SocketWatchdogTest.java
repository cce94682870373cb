package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.replication.ReplicationStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that nothing comes from any more ends the stream, and one that is only quiet does not. */
class SocketWatchdogTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Database database = Database.create().execute(OutboxTable.ddl());
    private final Proxy proxy = Proxy.to(database.server().port());
    private final AtomicLong movedNanos = new AtomicLong();

    @AfterEach
    void releaseDatabases() {
        proxy.close();
        Database.releaseAll();
    }

    @Test
    void a_black_hole_is_noticed_after_the_timeout_and_not_before() {
        try (Host host = start(TIMEOUT)) {
            database.insert("a", 1, 1);
            host.take(1).forEach(Delivery::ack);
            assertThat(host.engine().settle(Duration.ofSeconds(10))).isPresent();
            proxy.swallow();
            assertThat(host.engine().poll(Duration.ofSeconds(2))).isEmpty();

            moveClockBy(TIMEOUT);

            assertDead(host);
        }
    }

    @Test
    void it_is_noticed_in_the_middle_of_a_message() {
        try (Host host = start(TIMEOUT)) {
            proxy.forwardAtMost(100_000);
            database.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at) VALUES"
                    + " (gen_random_uuid(), 'Order', 'a', 't', to_json(repeat('x', 10000000)), now())");
            assertThat(host.engine().poll(Duration.ofSeconds(2))).isEmpty();

            moveClockBy(TIMEOUT);

            assertDead(host);
        }
    }

    @Test
    void with_the_real_clock_it_takes_no_longer_than_the_timeout_and_a_little() {
        try (Host host = start(Duration.ofSeconds(2))) {
            proxy.swallow();
            long from = System.nanoTime();

            assertDead(host);

            assertThat(Duration.ofNanos(System.nanoTime() - from))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(6));
        }
    }

    @ParameterizedTest(name = "wal_sender_timeout = {0} ms")
    @ValueSource(longs = {1_000, 2_000, 6_000, 10_000, 60_000})
    void it_ends_the_stream_before_the_server_frees_the_slot(long walSenderTimeoutMillis) {
        Duration timeout = Duration.ofMillis(walSenderTimeoutMillis);
        Duration interval = OpenStream.statusInterval(config(timeout).build());
        Duration limit = SocketWatchdog.limit(timeout, interval);

        assertThat(limit.plus(SocketWatchdog.tick(limit))).isLessThanOrEqualTo(timeout.minus(interval));
        assertThat(limit).as("time to answer").isGreaterThan(interval.multipliedBy(3));
    }

    @Test
    void an_idle_stream_is_asked_and_lives() {
        try (Host host = start(Duration.ofSeconds(1))) {
            assertThat(host.engine().poll(Duration.ofSeconds(4))).isEmpty();

            database.insert("a", 1, 1);
            assertThat(host.take(1)).hasSize(1);
        }
    }

    @Test
    void a_stream_whose_host_acknowledges_nothing_lives() {
        RelayConfig config =
                config(Duration.ofSeconds(1)).maxBytesInFlight(1024 * 1024).build();
        try (Host host = Host.start(engine(config))) {
            database.insert("a", 1, 20_000);
            host.takeUntilFull(config);

            assertThat(host.engine().poll(Duration.ofSeconds(4))).isEmpty();
            assertThat(database.query(
                            "SELECT active FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'"))
                    .isEqualTo("t");
        }
    }

    @Test
    void a_socket_factory_of_another_kind_is_a_mistake() {
        assertThatThrownBy(() -> database.config()
                        .connectionProperty("socketFactory", "com.example.Factory")
                        .build())
                .hasMessageContaining("socketFactory: expected none");
        assertThatThrownBy(() -> RelayConfig.builder(database.url() + "?socketFactory=com.example.Factory")
                        .build())
                .hasMessageContaining("socketFactory: expected none");
    }

    private void assertDead(Host host) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThatThrownBy(() -> host.engine().poll(Duration.ofMillis(100)))
                        .isInstanceOfSatisfying(
                                RelayException.class,
                                e -> assertThat(e.retriable()).isTrue())
                        .hasMessageContaining("Nothing arrived from"));
    }

    private void moveClockBy(Duration duration) {
        movedNanos.addAndGet(duration.toNanos());
    }

    private Host start(Duration walSenderTimeout) {
        return Host.start(engine(config(walSenderTimeout).build()));
    }

    private RelayEngine engine(RelayConfig config) {
        return new RelayEngine(config, ReplicationStream::open, () -> System.nanoTime() + movedNanos.get());
    }

    private RelayConfig.Builder config(Duration walSenderTimeout) {
        return RelayConfig.builder("jdbc:postgresql://localhost:" + proxy.port() + "/" + database.slot())
                .username("postgres")
                .slot(database.slot())
                .walSenderTimeout(walSenderTimeout);
    }
}
