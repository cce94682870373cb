package dev.outbox.jpa.benchmarks;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** On what, with what and for how long it was measured. */
final class Circumstances {

    private Circumstances() {}

    static List<String> of(Database database, Results results, Plan plan, Duration duration) {
        List<String> lines = new ArrayList<>();
        lines.add("Measured on " + LocalDate.now(ZoneOffset.UTC) + ", in " + duration.toSeconds() + " s: "
                + plan.rounds() + " rounds of " + plan.perSetting().toMillis() / 1000.0 + " s for each table, seed "
                + plan.seed());
        lines.add("Machine: " + Runtime.getRuntime().availableProcessors() + " processors (" + processor() + "), "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", data on " + fileSystem());
        lines.add("Java " + Runtime.version() + ", heap " + Runtime.getRuntime().maxMemory() / (1 << 20) + " MB");
        lines.add("PostgreSQL " + database.query("SHOW server_version").get(0) + ": " + settings(database));
        lines.add("Libraries: " + libraries());
        lines.add("Turns, each of "
                + Measurement.TRANSACTIONS_OF_A_TURN + " transactions of every side on every thread: "
                + String.join(
                        "; ",
                        Plan.SETTINGS.stream()
                                .map(setting -> setting + " " + results.turns(setting))
                                .toList()));
        return lines;
    }

    private static String settings(Database database) {
        return String.join(
                ", ",
                database.query("SELECT name || '=' || current_setting(name) FROM pg_settings WHERE name IN ('fsync',"
                        + " 'synchronous_commit', 'full_page_writes', 'wal_level', 'shared_buffers', 'max_wal_size',"
                        + " 'checkpoint_timeout') ORDER BY name"));
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
            FileStore store = Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir")));
            return store.type();
        } catch (IOException e) {
            return "a file system that can't be asked (" + e.getMessage() + ")";
        }
    }

    private static String libraries() {
        Map<String, Class<?>> of = new TreeMap<>(Map.of(
                "Hibernate ORM", org.hibernate.Session.class,
                "pgjdbc", org.postgresql.Driver.class,
                "HikariCP", com.zaxxer.hikari.HikariDataSource.class,
                "Spring Framework", org.springframework.orm.jpa.JpaTransactionManager.class,
                "Spring Boot", org.springframework.boot.SpringApplication.class,
                "Spring Modulith", org.springframework.modulith.events.core.EventPublicationRegistry.class,
                "Jackson", tools.jackson.databind.ObjectMapper.class,
                "transaction-outbox", com.gruelbox.transactionoutbox.TransactionOutbox.class));
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
