package dev.outbox.relay.replication;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listening for what arrives takes nothing away from whoever reads. */
class NotedSocketTest {

    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final SocketTraffic traffic = new SocketTraffic();
    private final NotedSocket socket = new NotedSocket(traffic);
    private Socket server;
    private InputStream input;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket.connect(listening.getLocalSocketAddress());
            server = listening.accept();
        }
        traffic.opened(socket);
        input = socket.getInputStream();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        socket.close();
    }

    @Test
    void a_near_server_fills_the_socket_while_its_reader_is_away_and_a_far_one_has_the_room_that_the_kernel_gives()
            throws IOException {
        int before = room(64 * 1024);
        socket.setReceiveBufferSize(64 * 1024);

        socket.connected(Duration.ofMillis(3).toNanos());
        assertThat(socket.getReceiveBufferSize()).isEqualTo(before);

        socket.connected(Duration.ofMillis(1).toNanos());
        assertThat(socket.getReceiveBufferSize()).isEqualTo(room(128 * 1024)).isNotEqualTo(before);
    }

    @Test
    void how_near_a_server_is_shows_when_it_is_connected_to() throws IOException {
        int near = room(128 * 1024);
        try (ServerSocket listening = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress())) {
            // A machine that is busy may be late for once.
            await().until(() -> {
                try (NotedSocket connected = new NotedSocket(traffic)) {
                    connected.connect(listening.getLocalSocketAddress());
                    return connected.getReceiveBufferSize() == near;
                }
            });
        }
    }

    /** What the kernel makes of a size. */
    private static int room(int bytes) throws IOException {
        try (Socket other = new Socket()) {
            other.setReceiveBufferSize(bytes);
            return other.getReceiveBufferSize();
        }
    }

    @Test
    void nothing_is_heard_where_nothing_arrives() throws IOException {
        assertThat(socket.listen(SHORT)).isFalse();
        assertThat(socket.unread()).isZero();
        assertThat(socket.getSoTimeout()).isZero();
    }

    @Test
    void it_wakes_up_when_something_arrives() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Callable<Boolean> listening = () -> socket.listen(LONG);
            var heard = other.submit(listening);
            send("a");
            assertThat(heard.get()).isTrue();
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void what_was_heard_is_read_in_its_place() throws IOException {
        send("abc");
        assertThat(socket.listen(LONG)).isTrue();
        assertThat(socket.listen(LONG)).isTrue();

        assertThat(input.readNBytes(3)).isEqualTo("abc".getBytes(US_ASCII));
        assertThat(socket.unread()).isZero();
    }

    @Test
    void one_byte_after_the_other_is_read_in_its_place() throws IOException {
        send("ab");
        assertThat(socket.listen(LONG)).isTrue();

        assertThat(input.read()).isEqualTo('a');
        assertThat(input.read()).isEqualTo('b');
    }

    @Test
    void what_was_heard_counts_as_unread_and_as_arrived() throws IOException {
        long before = traffic.arrivals();
        send("a");
        assertThat(socket.listen(LONG)).isTrue();

        assertThat(traffic.hasUnread()).isTrue();
        assertThat(input.available()).isOne();
        assertThat(input.read()).isEqualTo('a');
        assertThat(traffic.arrivals()).isGreaterThan(before);
    }

    @Test
    void a_read_that_waits_for_more_than_was_heard_gets_what_there_is() throws IOException {
        send("a");
        assertThat(socket.listen(LONG)).isTrue();

        assertThat(input.read(new byte[10], 5, 5)).isOne();
    }

    @Test
    void skipping_begins_with_what_was_heard() throws IOException {
        send("abc");
        assertThat(socket.listen(LONG)).isTrue();
        input.skipNBytes(2);

        assertThat(input.read()).isEqualTo('c');
    }

    @Test
    void the_end_is_heard_and_read_as_such_each_time() throws IOException {
        server.close();
        assertThat(socket.listen(LONG)).isTrue();

        assertThat(input.available()).isOne();
        assertThat(input.read()).isEqualTo(-1);
        assertThat(input.read(new byte[1])).isEqualTo(-1);
        assertThat(socket.listen(LONG)).isTrue();
    }

    @Test
    void a_closed_socket_is_for_the_reader_to_find() throws IOException {
        socket.close();

        assertThat(traffic.listen(LONG)).isTrue();
    }

    @Test
    void what_is_read_in_gulps_is_what_was_sent() throws Exception {
        byte[] sent = new byte[64 * 1024 * 1024];
        long seed = System.nanoTime();
        Random random = new Random(seed);
        random.nextBytes(sent);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            var sending = other.submit(() -> {
                server.getOutputStream().write(sent);
                return null;
            });
            byte[] read = new byte[sent.length];
            boolean behind = false;
            for (int at = 0; at < read.length; ) {
                int length = Math.min(1 + random.nextInt(20_000), read.length - at);
                int count = length == 1 ? readOne(read, at) : input.read(read, at, length);
                assertThat(count).isPositive();
                at += count;
                behind |= socket.isBehind();
            }
            sending.get();

            assertThat(Arrays.equals(read, sent)).as("seed " + seed).isTrue();
            assertThat(behind).isTrue();
            assertThat(socket.unread()).isZero();
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void whoever_closes_it_it_says_so() throws IOException {
        assertThat(socket.isClosed()).isFalse();
        input.close();
        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void what_the_watchdog_cuts_is_closed() throws IOException {
        traffic.cut();
        assertThat(socket.isClosed()).isTrue();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    private int readOne(byte[] into, int at) throws IOException {
        into[at] = (byte) input.read();
        return 1;
    }

    private void send(String text) throws IOException {
        server.getOutputStream().write(text.getBytes(US_ASCII));
    }
}
