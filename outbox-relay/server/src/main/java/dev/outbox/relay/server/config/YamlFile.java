package dev.outbox.relay.server.config;

import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML file as flat keys. SmallRye flattens and types the values; before that the file is looked at for what it would
 * let pass: keys given twice, keys without a value, lists.
 *
 * @param values by key; dots inside a YAML key are not quoted, so that Kafka's names read as Kafka writes them
 * @param mistakes what was found beside them, by key
 */
record YamlFile(Map<String, String> values, Map<String, String> mistakes) {

    private static final Pattern LIST_ITEM = Pattern.compile("\\[\\d+]");

    /**
     * @throws ConfigException if there is no such file, or no YAML in it
     */
    static YamlFile read(Path file) {
        String text = text(file);
        Map<String, String> mistakes = new LinkedHashMap<>();
        Map<String, String> values = new TreeMap<>();
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            Node root = new Yaml(options).compose(new StringReader(text));
            if (!(root instanceof MappingNode mapping)) {
                throw unusable(
                        file,
                        "expected a mapping that begins with 'relay:', found "
                                + (root == null ? "nothing" : "a " + root.getNodeId()));
            }
            new Yaml(new SafeConstructor(options)).load(text);
            look(mapping, "", mistakes);
            new YamlConfigSource(file.toString(), text, 0)
                    .getProperties()
                    .forEach((key, value) -> values.put(key.replace("\"", ""), value));
            values.keySet().removeIf(key -> LIST_ITEM.matcher(key).find());
        } catch (MarkedYAMLException e) {
            throw unusable(
                    file,
                    "expected YAML, found at line %d, column %d: %s"
                            .formatted(
                                    e.getProblemMark().getLine() + 1,
                                    e.getProblemMark().getColumn() + 1,
                                    e.getProblem()));
        } catch (YAMLException e) {
            throw unusable(file, "expected YAML, found: " + firstLine(e.getMessage()));
        }
        return new YamlFile(values, mistakes);
    }

    private static String text(Path file) {
        if (Files.isDirectory(file)) {
            throw unusable(file, "expected a YAML file, found a directory");
        }
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw unusable(file, "expected a YAML file, found nothing at this path");
        } catch (MalformedInputException e) {
            throw unusable(file, "expected a YAML file in UTF-8, found other bytes");
        } catch (IOException e) {
            throw unusable(
                    file,
                    "expected a readable YAML file, found: " + e.getClass().getSimpleName());
        }
    }

    private static void look(MappingNode mapping, String path, Map<String, String> mistakes) {
        for (NodeTuple entry : mapping.getValue()) {
            String name = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            String key = path.isEmpty() ? name : path + "." + name;
            Node value = entry.getValueNode();
            String line = " at line " + (value.getStartMark().getLine() + 1);
            if (value instanceof MappingNode nested) {
                look(nested, key, mistakes);
            } else if (value instanceof SequenceNode) {
                mistakes.put(key, "expected a single value, found a list" + line);
            } else if (value.getTag().equals(Tag.NULL)) {
                mistakes.put(key, "expected a value, found nothing" + line + "; give one or leave the key out");
            }
        }
    }

    private static ConfigException unusable(Path file, String why) {
        return new ConfigException(List.of(file + ": " + why + "."));
    }

    private static String firstLine(@Nullable String message) {
        return message == null
                ? "nothing readable"
                : message.lines().findFirst().orElse("");
    }
}
