package dev.outbox.relay.server;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The samples' compose file, as far as tests read it. */
record ComposeFile(Map<String, Object> content) {

    /** Where it lies; it names other files from there. */
    static final Path DIRECTORY =
            Path.of("../../samples/compose").toAbsolutePath().normalize();

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_]+:-([^}]*)}");

    static ComposeFile read() {
        try {
            String text = Files.readString(DIRECTORY.resolve("compose.yaml"));
            return new ComposeFile(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<String> services() {
        return map(content, "services").keySet();
    }

    Service service(String name) {
        return new Service(map(map(content, "services"), name));
    }

    /** One of its services. */
    record Service(Map<String, Object> content) {

        boolean has(String member) {
            return content.containsKey(member);
        }

        String text(String member) {
            return String.valueOf(requireNonNull(content.get(member), member));
        }

        Map<String, Object> map(String member) {
            return ComposeFile.map(content, member);
        }

        /** Its texts; none where there is no such member. */
        @SuppressWarnings("unchecked")
        List<String> list(String member) {
            return ((List<Object>) content.getOrDefault(member, List.of()))
                    .stream().map(String::valueOf).toList();
        }

        /** As compose fills it in where nothing is set: {@code ${NAME:-default}}. */
        Map<String, String> environment() {
            Map<String, String> filled = new LinkedHashMap<>();
            map("environment")
                    .forEach((name, value) -> filled.put(
                            name, VARIABLE.matcher(String.valueOf(value)).replaceAll("$1")));
            return filled;
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> object, String member) {
        return (Map<String, Object>) requireNonNull(object.get(member), member);
    }
}
