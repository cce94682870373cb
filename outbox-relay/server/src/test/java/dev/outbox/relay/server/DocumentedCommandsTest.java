package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Commands and options that the documents name are those that there are. What the commands do is tested elsewhere. */
class DocumentedCommandsTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(?:sh)?\n(.*?)^```$");
    private static final Pattern INLINE = Pattern.compile("`(outbox-relay [a-z-]+ [^`]*)`");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "OPERATIONS.md", "SWITCHING.md", "../../README.md"})
    void every_command_is_understood(String document) throws IOException {
        List<String> commands = commands(Files.readString(Path.of(document))).toList();

        assertThat(commands).isNotEmpty();
        assertThat(commands)
                .allSatisfy(command -> assertThatCode(
                                () -> new CommandLine(new Main()).parseArgs(command.split("\\s+", -1)))
                        .as(command)
                        .doesNotThrowAnyException());
    }

    /** Without the program's name. */
    private static Stream<String> commands(String text) {
        Stream<String> blocks =
                BLOCK.matcher(text).results().flatMap(block -> block.group(1).lines());
        Stream<String> inline = INLINE.matcher(text).results().map(command -> command.group(1));
        return Stream.concat(blocks, inline)
                .map(line -> line.replaceFirst("\\s+#.*", "").strip())
                .filter(line -> line.matches("(\\S*/)?outbox-relay .*"))
                .map(line -> line.replaceFirst("\\S+ ", ""));
    }
}
