package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.client.AdminClient;
import dev.outbox.relay.server.client.StatusTable;
import dev.outbox.relay.server.client.StatusView;
import dev.outbox.relay.server.client.StreamReport;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay status}: how the streams of a running relay are. */
@Command(
        name = "status",
        description = {
            "Asks a running relay how its streams are, at admin.host and admin.port of its configuration.",
            "With --watch, asks again and again: on a terminal the table is live, elsewhere each stream gets a line."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every stream relays, has nothing to do, stands by or is paused",
            "1:the relay does not answer",
            "2:the command line or the configuration is wrong, has no such stream, or no admin.port",
            "6:a stream is not ready: it has failed, has not come up, or does not move"
        })
final class StatusCommand implements Callable<Integer> {

    private final boolean terminal;
    private final long looks;

    @Mixin
    private final AdminOption admin = new AdminOption();

    @Option(
            names = {"-s", "--stream"},
            paramLabel = "NAME",
            description = "Only this stream.")
    private @Nullable String stream;

    @Option(
            names = {"-w", "--watch"},
            description = "Go on until interrupted.")
    private boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "How often to ask with --watch. Default: ${DEFAULT-VALUE}.")
    private int interval;

    @Option(names = "--json", description = "Show what the relay answers, an array on a line each time.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    StatusCommand() {
        this(Terminal.isThere(), Long.MAX_VALUE);
    }

    /** @param looks how often to ask with --watch */
    StatusCommand(boolean terminal, long looks) {
        this.terminal = terminal;
        this.looks = looks;
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
        if (json && stream != null) {
            throw new UsageException("--json shows all streams: leave --stream out.");
        }
        AdminClient client = admin.client();
        PrintWriter out = command.commandLine().getOut();
        return watch ? watch(client, out) : once(client, out);
    }

    private int once(AdminClient client, PrintWriter out) {
        String answer = client.streams();
        List<StreamReport> reports = reports(answer);
        if (json) {
            out.print(answer);
            out.flush();
        } else {
            new StatusTable().lines(reports, Instant.now(), System.nanoTime()).forEach(out::println);
        }
        return reports.stream().allMatch(StreamReport::isReady) ? ExitCode.OK : ExitCode.NOT_READY;
    }

    private int watch(AdminClient client, PrintWriter out) throws InterruptedException {
        StatusView view = new StatusView(out, terminal && !json);
        int code = ExitCode.OK;
        for (long look = 1; look <= looks && !out.checkError(); look++) {
            if (look > 1) {
                TimeUnit.SECONDS.sleep(interval);
            }
            code = look(client, view, out);
        }
        return code;
    }

    private int look(AdminClient client, StatusView view, PrintWriter out) {
        try {
            String answer = client.streams();
            List<StreamReport> reports = reports(answer);
            if (json) {
                out.print(answer);
                out.flush();
            } else {
                view.show(reports, Instant.now(), System.nanoTime());
            }
            return reports.stream().allMatch(StreamReport::isReady) ? ExitCode.OK : ExitCode.NOT_READY;
        } catch (RelayException e) {
            view.show(Sentences.of(e));
            return ExitCode.FAILED;
        }
    }

    private List<StreamReport> reports(String answer) {
        List<StreamReport> all = StreamReport.readAll(answer);
        if (stream == null) {
            return all;
        }
        List<StreamReport> one =
                all.stream().filter(report -> report.name().equals(stream)).toList();
        if (one.isEmpty()) {
            throw new UsageException("--stream: expected one of "
                    + all.stream().map(StreamReport::name).collect(Collectors.joining(", ")) + ", found '"
                    + stream + "'.");
        }
        return one;
    }
}
