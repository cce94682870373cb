package dev.outbox.samples.servers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;

/** A broker's own process: formats its log directory when that is new, and ends when its standard input does. */
final class BrokerMain {

    private BrokerMain() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        Properties properties = new Properties();
        try (var in = Files.newInputStream(file)) {
            properties.load(in);
        }
        if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
            format(file, arguments[1], properties.getProperty("process.roles").contains("controller"));
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        ExitWithParent.watch();
        server.awaitShutdown();
    }

    private static void format(Path file, String clusterId, boolean controller) {
        String[] command = {
            "format",
            "--config",
            file.toString(),
            "--cluster-id",
            clusterId,
            controller ? "--standalone" : "--no-initial-controllers"
        };
        if (StorageTool.execute(command, new PrintStream(System.err, true, StandardCharsets.UTF_8)) != 0) {
            throw new IllegalStateException("The log directory of " + file + " could not be formatted.");
        }
    }
}
