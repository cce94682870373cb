package dev.outbox.relay.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxTable.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CONFIGURATION.md says what the code does. */
class ConfigurationReferenceTest {

    private static final Path PAGE = Path.of("CONFIGURATION.md");
    private static final String STREAM = "relay.streams.<stream>.";

    @TempDir
    Path directory;

    /** With the environment variable {@code REFERENCE_WRITE} it makes the page anew instead. */
    @Test
    void the_page_is_made_of_the_definitions() throws IOException {
        if (System.getenv("REFERENCE_WRITE") != null) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE))
                .as(
                        "mvn test -pl outbox-relay/server -Dtest=ConfigurationReferenceTest -DargLine=-Dreference.write=true")
                .isEqualTo(page());
    }

    @Test
    void the_defaults_on_the_page_are_those_that_hold() throws IOException {
        String minimal = """
                relay.kafka.bootstrap.servers=broker:9092
                relay.streams.shop.url=jdbc:postgresql://db/shop
                """;
        String exactlyOnce =
                "relay.streams.shop.delivery=exactly-once\nrelay.streams.shop.on-record-error=dead-letter\n";
        String explicit = Definitions.ALL.stream()
                .filter(definition -> !definition.byDefault().isEmpty())
                .filter(definition -> !List.of(STREAM + "delivery", STREAM + "on-record-error", "relay.admin.host")
                        .contains(definition.key()))
                .map(definition -> definition.key().replace("<stream>", "shop") + "="
                        + definition.byDefault().replace("<stream>", "shop") + "\n")
                .collect(Collectors.joining());

        assertThat(read(minimal + exactlyOnce + explicit))
                .usingRecursiveComparison()
                // A column that is given its own name is noted as renamed.
                .ignoringFields("streams.relay.table.renamed")
                .isEqualTo(read(minimal + exactlyOnce));
        assertThat(read(minimal
                        + "relay.streams.shop.delivery=at-least-once\nrelay.streams.shop.on-record-error=stop\n"))
                .usingRecursiveComparison()
                .isEqualTo(read(minimal));
        assertThat(read(minimal + "relay.admin.port=8080\nrelay.admin.host=localhost\n"))
                .usingRecursiveComparison()
                .isEqualTo(read(minimal + "relay.admin.port=8080\n"));
        for (Column column : Column.values()) {
            assertThat(defaultOf("columns." + Settings.kebab(column))).isEqualTo(column.defaultName());
        }
        assertThat(defaultOf("delivery") + defaultOf("on-record-error")).isEqualTo("at-least-oncestop");
    }

    @Test
    void the_example_file_has_every_setting() throws IOException {
        String example = Files.readString(Path.of("src/main/dist/relay.yaml"));

        for (Definition definition : Definitions.ALL) {
            String[] parts = definition.key().split("\\.", -1);
            String last = parts[parts.length - 1];
            String name = last.startsWith("<") ? parts[parts.length - 2] : last;
            assertThat(example).as(definition.key()).containsPattern("(?m)^[ #]*" + name + ":");
        }
    }

    @Test
    void a_setting_that_is_not_defined_can_not_be_read() {
        assertThatThrownBy(() -> Definitions.require("relay.streams.shop.colour"))
                .hasMessageContaining("relay.streams.shop.colour is read and not among the definitions");
        Definitions.require("relay.streams.shop.kafka.security.protocol");
        Definitions.require("relay.streams.shop.slot");
        assertThatThrownBy(() -> Definitions.require("relay.streams.shop.slot.name"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Definitions.require("relay.kafka")).isInstanceOf(IllegalStateException.class);
    }

    private static String defaultOf(String setting) {
        return Definitions.ALL.stream()
                .filter(definition -> definition.key().equals(STREAM + setting))
                .map(Definition::byDefault)
                .findFirst()
                .orElseThrow();
    }

    /** As system properties, which take flat keys. */
    private ServerConfig read(String lines) throws IOException {
        Path file = Files.writeString(
                directory.resolve("relay.yaml"), "relay:\n  streams:\n    shop:\n      slot: outbox\n");
        Map<String, String> properties = lines.lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        return ConfigReader.read(file, Map.of(), properties);
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Every setting

                Made from the code's own definitions by `ConfigurationReferenceTest`; [relay.yaml](src/main/dist/relay.yaml) has them in their places. A later source has its say over an earlier one: the YAML file, the environment (`relay.streams.shop.slot` is `RELAY_STREAMS_SHOP_SLOT`), system properties under the full key. `${NAME}` in a value stands for a variable, `${NAME:default}` for one with a default, `${file:/run/secrets/name}` for the text of a file without the line break at its end, as Kubernetes and Docker mount secrets. A file is read when the relay starts.

                A time has its unit: `500ms`, `8s`, `2m`, `1h`. So has a size: `512KiB`, `32MiB`, `1GiB`; without one it is in bytes. Names of PostgreSQL are given as it stores them, not quoted.
                """);
        table(page, "For the process and all streams", "relay.", false);
        table(page, "For one stream, under relay.streams.<stream>", STREAM, true);
        return page.toString();
    }

    private static void table(StringBuilder page, String title, String prefix, boolean ofStream) {
        page.append("\n## ")
                .append(title.replace("<", "&lt;").replace(">", "&gt;"))
                .append("\n\n");
        page.append("| setting | type | default | |\n|---|---|---|---|\n");
        for (Definition definition : Definitions.ALL) {
            if (definition.key().startsWith(STREAM) == ofStream) {
                String key = ofStream ? definition.key().substring(prefix.length()) : definition.key();
                page.append("| `")
                        .append(key)
                        .append("` | ")
                        .append(definition.type())
                        .append(" | ");
                page.append(definition.byDefault().isEmpty() ? "–" : "`" + definition.byDefault() + "`");
                page.append(" | ").append(definition.meaning()).append(" |\n");
            }
        }
    }
}
