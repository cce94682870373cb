package dev.outbox.relay.server;

import dev.outbox.relay.server.client.AdminClient;
import dev.outbox.relay.server.client.StreamReport;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that tells a stream of a running relay what to do. */
abstract class StreamOrder implements Callable<Integer> {

    private final String method;
    private final String word;

    @Mixin
    private final AdminOption admin = new AdminOption();

    @Option(
            names = {"-s", "--stream"},
            required = true,
            paramLabel = "NAME",
            description = "The stream's name in the configuration.")
    private @Nullable String stream;

    @Spec
    private @Nullable CommandSpec spec;

    /** @param word the command, as the relay takes it by this HTTP method */
    StreamOrder(String method, String word) {
        this.method = method;
        this.word = word;
    }

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
        String name = Objects.requireNonNull(stream, "picocli sets it");
        AdminClient.Reply reply = admin.client().command(method, name, word);
        String state = StreamReport.member(reply.body(), "state").orElse("?");
        switch (reply.status()) {
            case 200 -> {
                command.commandLine().getOut().println("The stream " + name + " is " + state + ".");
                return ExitCode.OK;
            }
            case 202 -> {
                command.commandLine()
                        .getErr()
                        .println("The stream " + name + " has taken the order to " + word + ", and is " + state
                                + " still."
                                + StreamReport.member(reply.body(), "lastError.message")
                                        .map(error -> " " + error)
                                        .orElse(""));
                return ExitCode.NOT_READY;
            }
            default -> {
                command.commandLine()
                        .getErr()
                        .println(StreamReport.member(reply.body(), "detail")
                                .orElse("The relay answers with the status " + reply.status() + "."));
                return reply.status() == 404 ? ExitCode.USAGE : ExitCode.FAILED;
            }
        }
    }
}
