package dev.outbox.relay.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Command lines of this JVM's programs. */
final class Commands {

    private Commands() {}

    /** A program of this class path, as a process of its own. */
    static Side.Command java(List<String> options, Class<?> program, Object... arguments) {
        return java(Map.of(), options, program, arguments);
    }

    static Side.Command java(
            Map<String, String> environment, List<String> options, Class<?> program, Object... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(options);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        Arrays.stream(arguments).map(String::valueOf).forEach(line::add);
        return new Side.Command(line, environment);
    }
}
