package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is printed is what is tested. */
class ReadmeTest {

    private static final Path TESTS = Path.of("src/test/java/dev/outbox/jpa");

    @Test
    void the_readmes_example_is_the_one_that_is_tested() {
        String readme = read(Path.of("..", "README.md"));
        String example = blocks(readme, "java").get(0);

        assertThat(example.lines().filter(line -> !line.isBlank())).hasSizeBetween(5, 15);
        assertThat(lines(read(TESTS.resolve("ExampleTest.java")))).containsSubsequence(lines(example));
    }

    @Test
    void all_code_of_this_modules_readme_is_part_of_a_test() throws IOException {
        List<String> blocks = blocks(read(Path.of("README.md")), "java");
        assertThat(blocks).hasSizeGreaterThan(5);
        try (Stream<Path> files = Files.list(TESTS)) {
            List<List<String>> tested =
                    files.map(ReadmeTest::read).map(ReadmeTest::lines).toList();
            assertThat(blocks)
                    .as("every block is in some test")
                    .filteredOn(block -> tested.stream().noneMatch(file -> isSubsequence(lines(block), file)))
                    .isEmpty();
        }
    }

    @Test
    void the_dependency_is_this_module_in_this_version() {
        String pom = read(Path.of("pom.xml"));
        assertThat(blocks(read(Path.of("README.md")), "xml"))
                .singleElement()
                .satisfies(dependency -> assertThat(pom)
                        .contains(
                                element("version", dependency),
                                "\n  " + element("artifactId", dependency) + "\n",
                                element("groupId", dependency)));
    }

    @Test
    void the_schema_files_are_where_it_says() {
        String readme = read(Path.of("README.md"));
        for (SchemaFile file : SchemaFile.values()) {
            assertThat(readme).contains("`" + file.resource() + "`");
        }
    }

    private static List<String> blocks(String markdown, String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(markdown)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static boolean isSubsequence(List<String> part, List<String> whole) {
        Iterator<String> rest = part.iterator();
        String next = rest.next();
        for (String line : whole) {
            if (line.equals(next)) {
                if (!rest.hasNext()) {
                    return true;
                }
                next = rest.next();
            }
        }
        return false;
    }

    private static String element(String name, String xml) {
        return Pattern.compile("<" + name + ">.*?</" + name + ">")
                .matcher(xml)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
