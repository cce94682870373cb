package dev.outbox.relay.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** An image definition, as far as a test reads it. */
record Dockerfile(List<Instruction> instructions) {

    /** What a line begins with, and the rest of it with those that it is continued on. */
    record Instruction(String name, String arguments) {

        /** The arguments without those that begin with dashes. */
        List<String> operands() {
            return Stream.of(arguments.split("\\s+", -1))
                    .filter(word -> !word.startsWith("--"))
                    .toList();
        }
    }

    static Dockerfile read(Path file) {
        try {
            return new Dockerfile(Files.readString(file)
                    .replaceAll("(?m)^#.*$", "")
                    .replaceAll("\\\\\n\\s*", "")
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> line.split("\\s+", 2))
                    .map(parts -> new Instruction(parts[0], parts[1].strip()))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> names() {
        return instructions.stream().map(Instruction::name).toList();
    }

    /** The arguments of the only, or the last, instruction of this name. */
    String last(String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .reduce((first, second) -> second)
                .orElseThrow()
                .arguments();
    }

    /** What is copied into the image, as patterns below the build's context. */
    List<String> sources() {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals("COPY"))
                .flatMap(copy -> copy.operands().stream().limit(copy.operands().size() - 1L))
                .toList();
    }

    /** Those of a JSON array, as commands are given. */
    static List<String> words(String array) {
        return new Yaml(new SafeConstructor(new LoaderOptions()))
                .<List<Object>>load(array).stream().map(String::valueOf).toList();
    }
}
