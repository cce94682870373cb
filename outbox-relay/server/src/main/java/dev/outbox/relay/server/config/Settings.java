package dev.outbox.relay.server.config;

import dev.outbox.relay.check.DidYouMean;
import io.smallrye.common.expression.Expression;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.ConfigValue;

/**
 * The settings of all sources under full keys: file, then environment, then system properties, the later ones first. It
 * notes which keys it was asked for and collects what is wrong with their values, so that a reader goes on after a
 * mistake and all of them are known at the end. For one thread.
 */
final class Settings {

    private static final String ROOT = "relay.";
    private static final List<String> OWN_VARIABLES =
            List.of("RELAY_STREAMS_", "RELAY_KAFKA_", "RELAY_RETRY_", "RELAY_ADMIN_");

    private final SmallRyeConfig config;
    private final Map<String, String> environment;
    private final Map<String, String> systemProperties;
    private final Set<String> names = new TreeSet<>();
    private final Set<String> known = new TreeSet<>();
    private final Set<String> variablesUsed = new TreeSet<>();
    private final Map<String, String> mistakes = new LinkedHashMap<>();
    private final Map<String, Set<String>> fromFiles = new HashMap<>();

    Settings(YamlFile file, Map<String, String> environment, Map<String, String> systemProperties) {
        this.environment = environment;
        this.systemProperties = systemProperties;
        Map<String, String> own = new HashMap<>();
        systemProperties.forEach((name, value) -> {
            if (name.startsWith(ROOT)) {
                own.put(name.replace("\"", ""), value);
            }
        });
        names.addAll(file.values().keySet());
        names.addAll(own.keySet());
        mistakes.putAll(file.mistakes());
        known.addAll(file.mistakes().keySet());
        // Without SmallRye's own expansion: it would expand the variables' values too, and so spoil passwords with a $.
        config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(file.values(), "file", 100))
                .withSources(new EnvConfigSource(environment, 300))
                .withSources(new PropertiesConfigSource(own, "system properties", 400))
                .build();
    }

    /** The value of a key, expanded, if there is one. */
    Optional<String> text(String key) {
        Definitions.require(key);
        known.add(key);
        if (mistakes.containsKey(key)) {
            return Optional.empty();
        }
        ConfigValue value = config.getConfigValue(key);
        return Optional.ofNullable(value.getRawValue()).flatMap(raw -> expand(key, raw));
    }

    /** The value of a key, converted; what can't be converted is a mistake. */
    <T> Optional<T> value(String key, String expected, Function<String, Optional<T>> conversion) {
        return text(key).flatMap(text -> {
            Optional<T> value = conversion.apply(text.strip());
            if (value.isEmpty()) {
                expected(key, expected, text);
            }
            return value;
        });
    }

    /** The value of a key as one of an enum's constants, which are written in lower case with dashes. */
    <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
        Map<String, E> choices = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            choices.put(kebab(constant), constant);
        }
        return value(key, String.join(" or ", choices.keySet()), text -> Optional.ofNullable(choices.get(text)));
    }

    /** The value of a key as a time that is not too short. */
    Optional<Duration> atLeast(String key, Duration least) {
        Optional<Duration> value = value(key, Units.A_DURATION, Units::duration);
        value.filter(duration -> duration.compareTo(least) < 0)
                .ifPresent(duration -> mistake(
                        key, "expected at least " + least.toMillis() + "ms, found " + duration.toMillis() + "ms"));
        return value;
    }

    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The parts of the names that directly follow a prefix, which ends with a dot. */
    Set<String> children(String prefix) {
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * All values whose names begin with a prefix, which ends with a dot, by the rest of their names.
     *
     * @param also rests to look for as well: the environment answers questions and can't be listed
     */
    Map<String, String> under(String prefix, Set<String> also) {
        Set<String> rests = new TreeSet<>(also);
        names.stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> rests.add(name.substring(prefix.length())));
        Map<String, String> values = new TreeMap<>();
        rests.forEach(rest -> text(prefix + rest).ifPresent(value -> values.put(rest, value)));
        return values;
    }

    /** Notes a mistake; only the first of a key counts. What a file holds is not quoted. */
    void mistake(String key, String mistake) {
        String words = mistake;
        int found = mistake.indexOf("found ");
        for (String secret : fromFiles.getOrDefault(key, Set.of())) {
            words = words.substring(0, found + 1) + words.substring(found + 1).replace(secret, "<read from a file>");
        }
        mistakes.putIfAbsent(key, words + origin(key));
    }

    /** Notes that something else was expected. */
    void expected(String key, String expected, String found) {
        mistake(key, "expected " + expected + ", found '" + found + "'");
    }

    /** Notes that a key is missing. */
    void missing(String key, String expected) {
        mistake(key, "expected " + expected + ", found nothing");
    }

    /** Every mistake so far and the keys that nobody asked for, as sentences with their full keys. */
    List<String> mistakes() {
        for (String name : names) {
            if (!known.contains(name)) {
                unknown(name);
            }
        }
        List<String> sentences = new ArrayList<>();
        mistakes.forEach((key, mistake) -> sentences.add(key + ": " + mistake));
        return sentences;
    }

    /** Variables that look like settings and are none; no mistakes, for other software names variables as well. */
    List<String> warnings() {
        Set<String> expected = known.stream().map(Settings::variable).collect(Collectors.toSet());
        return environment.keySet().stream()
                .filter(name -> OWN_VARIABLES.stream().anyMatch(name::startsWith))
                .filter(name -> !expected.contains(name) && !variablesUsed.contains(name))
                .sorted()
                .map(name -> "The environment variable " + name + " sets nothing: no setting has this name.")
                .toList();
    }

    private void unknown(String name) {
        String[] parts = name.split("\\.", -1);
        String key = parts[0];
        for (int i = 1; i < parts.length && isPrefix(key); i++) {
            key += "." + parts[i];
        }
        if (isPrefix(key)) {
            mistake(key, "expected further keys below it, found a value");
            return;
        }
        if (known.contains(key)) {
            mistake(key, "expected a single value, found further keys below it");
            return;
        }
        String parent = key.substring(0, key.lastIndexOf('.') + 1);
        Set<String> siblings = known.stream()
                .filter(candidate -> candidate.startsWith(parent))
                .map(candidate -> candidate.substring(parent.length()).split("\\.", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
        mistake(key, unknownKey(parent, key.substring(parent.length()), siblings));
    }

    /** The words for an unknown key, with the nearest known one or all there are. */
    static String unknownKey(String parent, String name, Set<String> siblings) {
        return "unknown key; "
                + DidYouMean.nearest(name, siblings)
                        .map(nearest -> "did you mean " + parent + nearest + "?")
                        .orElse(siblings.size() <= 20 ? "expected one of " + String.join(", ", siblings) : "remove it");
    }

    private boolean isPrefix(String key) {
        return known.stream().anyMatch(name -> name.startsWith(key + "."));
    }

    private Optional<String> expand(String key, String raw) {
        Set<String> unset = new TreeSet<>();
        Expression expression = Expression.compile(
                raw,
                Expression.Flag.LENIENT_SYNTAX,
                Expression.Flag.NO_TRIM,
                Expression.Flag.NO_SMART_BRACES,
                Expression.Flag.NO_$$);
        String value = expression.evaluate((variable, out) -> {
            String name = variable.getKey();
            if (name.equals(SecretFile.PREFIX)) {
                out.append(readFile(key, variable.hasDefault() ? variable.getExpandedDefault() : ""));
                return;
            }
            variablesUsed.add(name);
            String found = systemProperties.getOrDefault(name, environment.get(name));
            if (found != null) {
                out.append(found);
            } else if (variable.hasDefault()) {
                variable.expandDefault();
            } else {
                unset.add(name);
            }
        });
        for (String name : unset) {
            mistake(
                    key,
                    "expected the environment variable " + name
                            + " to be set, found it unset; set it, or give a default: ${" + name + ":default}");
        }
        return mistakes.containsKey(key) ? Optional.empty() : Optional.of(value);
    }

    private String readFile(String key, String path) {
        try {
            String text = SecretFile.read(path);
            if (!text.isBlank()) {
                fromFiles.computeIfAbsent(key, any -> new TreeSet<>()).add(text.strip());
            }
            return text;
        } catch (SecretFile.Unusable e) {
            mistake(key, "expected " + e.words());
            return "";
        }
    }

    private String origin(String key) {
        String source = config.getConfigValue(key).getSourceName();
        if (source == null || source.contains("file")) {
            return "";
        }
        return source.startsWith("Env")
                ? " (from the environment variable " + variable(key) + ")"
                : " (from the system property)";
    }

    private static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
