package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    @Test
    void the_readmes_example_is_the_one_that_is_tested() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf("```java\n") + "```java\n".length();
        String example = readme.substring(begin, readme.indexOf("```", begin));
        String tested = Files.readString(Path.of("src/test/java/dev/outbox/jpa/ExampleTest.java"));

        assertThat(example.lines().filter(line -> !line.isBlank())).hasSizeBetween(5, 15);
        assertThat(tested.lines().map(String::strip).toList())
                .containsSubsequence(example.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList());
    }
}
