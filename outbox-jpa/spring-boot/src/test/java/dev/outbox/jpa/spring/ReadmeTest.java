package dev.outbox.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the README says is what there is. */
class ReadmeTest {

    private static final Path SAMPLE =
            Path.of("..", "..", "samples", "spring-boot", "src", "main", "java", "dev", "outbox", "samples", "spring");

    @Test
    void its_table_has_every_property_with_its_default() throws IOException {
        Map<String, String> printed = new TreeMap<>();
        Pattern.compile("^\\| `(outbox\\.[a-z-]+)` \\| (?:`(.*?)`)? ?\\|", Pattern.MULTILINE)
                .matcher(readme())
                .results()
                .forEach(row -> printed.put(row.group(1), Objects.requireNonNullElse(row.group(2), "")));

        assertThat(printed).isEqualTo(metadata());
    }

    @Test
    void its_code_is_the_samples() throws IOException {
        List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(readme())
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(2);
        assertContains(SAMPLE.resolve("Order.java"), blocks.get(0));
        assertContains(SAMPLE.resolve("OrderShipped.java"), blocks.get(1));
    }

    private static void assertContains(Path file, String block) throws IOException {
        assertThat(lines(block)).hasSizeLessThanOrEqualTo(15);
        Iterator<String> tested = lines(Files.readString(file)).iterator();
        assertThat(lines(block)).allSatisfy(line -> {
            boolean found = false;
            while (!found && tested.hasNext()) {
                found = tested.next().equals(line);
            }
            assertThat(found).as(line).isTrue();
        });
    }

    private static Map<String, String> metadata() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                OutboxAutoConfiguration.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            Map<String, String> defaults = new TreeMap<>();
            for (JsonNode property : new JsonMapper().readTree(in).get("properties")) {
                JsonNode value = property.path("defaultValue");
                defaults.put(
                        property.get("name").asString(),
                        value.isMissingNode() || value.isArray() ? "" : value.asString());
            }
            return defaults;
        }
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }
}
