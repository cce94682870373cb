package dev.outbox.relay.benchmarks;

import dev.outbox.samples.servers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** On what, with what and for how long it was measured. */
final class Circumstances {

    private Circumstances() {}

    /** @param plan what was measured, in words */
    static List<String> of(PostgresServer postgres, String plan, Duration duration) {
        return List.of(
                "Measured on " + LocalDate.now(ZoneOffset.UTC) + ", in " + duration.toSeconds() + " s: " + plan,
                "Machine: " + Runtime.getRuntime().availableProcessors() + " processors (" + processor()
                        + ") for everything, " + System.getProperty("os.name") + " " + System.getProperty("os.version")
                        + ", data on " + fileSystem(),
                "Java " + Runtime.version(),
                "PostgreSQL " + query(postgres, "SHOW server_version") + ": "
                        + query(
                                postgres,
                                "SELECT string_agg(name || '=' || current_setting(name), ', ' ORDER BY name) FROM"
                                        + " pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes',"
                                        + " 'wal_level', 'shared_buffers', 'max_wal_size', 'checkpoint_timeout',"
                                        + " 'autovacuum', 'logical_decoding_work_mem')"),
                "One broker with its log on the same disk, topics of " + Topic.PARTITIONS + " partitions",
                "Libraries: " + libraries());
    }

    private static String query(PostgresServer postgres, String sql) {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return String.valueOf(result.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.replaceFirst(".*:\\s*", ""))
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String fileSystem() {
        try {
            return Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir")))
                    .type();
        } catch (IOException e) {
            return "a file system that can't be asked (" + e.getMessage() + ")";
        }
    }

    private static String libraries() {
        Map<String, Class<?>> of = new TreeMap<>(Map.of(
                "Kafka", org.apache.kafka.clients.producer.KafkaProducer.class,
                "pgjdbc", org.postgresql.Driver.class,
                "Debezium", io.debezium.connector.postgresql.PostgresConnector.class));
        return String.join(
                ", ",
                of.entrySet().stream()
                        .map(library -> library.getKey() + " " + version(library.getValue()))
                        .toList());
    }

    /** From the name of the jar, as not every manifest says it. */
    private static String version(Class<?> type) {
        String path = type.getProtectionDomain().getCodeSource().getLocation().getPath();
        return path.replaceFirst(".*/", "").replaceFirst("\\.jar$", "").replaceFirst("^.*?-(?=\\d)", "");
    }
}
