package dev.outbox.relay.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Dashboard, alerts and documentation against what a running relay answers. */
class OperationsFilesTest {

    private static final Pattern METRIC = Pattern.compile("\\b(?:outbox_relay|jvm|process)_[a-z_]+");
    private static final String README = "README.md";

    private static Set<String> answered;

    @BeforeAll
    static void scrape() {
        Admin admin = Admin.atFreePort();
        try (RelayProcess relay = RelayProcess.run(admin.in(Shop.withOutbox().yaml()))) {
            relay.awaitOutput("Relaying ");
            answered = new Metrics(admin.get("/metrics").body()).names();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"src/main/dist/grafana/outbox-relay.json", "src/main/dist/prometheus/outbox-relay.rules.yml"})
    void every_metric_that_a_file_asks_for_is_there(String file) throws IOException {
        Set<String> asked = names(Files.readString(Path.of(file)));

        assertThat(asked).hasSizeGreaterThan(8);
        assertThat(answered).containsAll(asked);
    }

    @Test
    void every_metric_of_the_relay_is_documented_and_no_other() throws IOException {
        Set<String> documented = own(names(Files.readString(Path.of(README))));
        Set<String> present = own(answered).stream()
                .map(name -> name.replaceFirst("(?<=_seconds)_(bucket|count|sum)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(documented).isEqualTo(present);
    }

    @Test
    void alerts_and_dashboard_are_what_prometheus_and_grafana_read() throws IOException {
        List<Map<String, Object>> rules = list(
                list(load("src/main/dist/prometheus/outbox-relay.rules.yml"), "groups")
                        .get(0),
                "rules");
        assertThat(rules)
                .hasSizeGreaterThan(5)
                .allSatisfy(rule -> assertThat(rule).containsKeys("alert", "expr", "labels", "annotations"));

        Map<String, Object> dashboard = load("src/main/dist/grafana/outbox-relay.json");
        assertThat(list(dashboard, "panels"))
                .hasSizeGreaterThan(10)
                .allSatisfy(panel -> assertThat(panel).containsKeys("title", "type", "gridPos", "targets"));
    }

    private static Set<String> names(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> own(Set<String> names) {
        return names.stream()
                .filter(name -> name.startsWith("outbox_relay_"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** JSON is YAML. */
    private static Map<String, Object> load(String file) throws IOException {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(Path.of(file)));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> object, String member) {
        return (List<Map<String, Object>>) requireNonNull(object.get(member), member);
    }
}
