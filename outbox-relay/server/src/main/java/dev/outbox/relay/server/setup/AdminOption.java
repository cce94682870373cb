package dev.outbox.relay.server.setup;

import dev.outbox.relay.Login;
import dev.outbox.relay.RelayConfig;
import dev.outbox.relay.server.Terminal;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who may do in the database what the relay's role may not. The password is never an argument, which others can see. */
public final class AdminOption {

    static final String PASSWORD_VARIABLE = "OUTBOX_ADMIN_PASSWORD";

    private final Map<String, String> environment;
    private final Function<String, Optional<String>> prompt;

    @Option(
            names = "--admin-user",
            paramLabel = "ROLE",
            defaultValue = "${env:OUTBOX_ADMIN_USER}",
            description =
                    "Who makes, drops and looks up things in the database; otherwise the relay's own role. The password is read"
                            + " from " + PASSWORD_VARIABLE + ", or asked for.")
    private @Nullable String user;

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            defaultValue = "${env:OUTBOX_ADMIN_URL}",
            description = "Where: the primary, if the stream reads a standby. Otherwise the stream's url.")
    private @Nullable String url;

    /** For picocli. */
    public AdminOption() {
        this(System.getenv(), Terminal::secret);
    }

    AdminOption(Map<String, String> environment, Function<String, Optional<String>> prompt) {
        this.environment = environment;
        this.prompt = prompt;
    }

    /** Whoever was named; empty if nobody was. May ask for the password. */
    public Optional<Login> named(RelayConfig stream) {
        if (user == null) {
            return Optional.empty();
        }
        String password = environment.get(PASSWORD_VARIABLE);
        if (password == null) {
            password = prompt.apply("Password of " + user + ": ").orElse(null);
        }
        return Optional.of(new Login(url == null ? stream.url() : url, user, password));
    }

    /** The same, or the relay's own role, which may be able to. */
    Login of(RelayConfig stream) {
        return named(stream)
                .orElseGet(() -> new Login(url == null ? stream.url() : url, stream.username(), stream.password()));
    }
}
