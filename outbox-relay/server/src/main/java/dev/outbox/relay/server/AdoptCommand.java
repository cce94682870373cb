package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.GapException;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.SlotHeldException;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.relay.server.config.StreamConfig;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay adopt}: the way out of a gap, by somebody who has looked at it. */
@Command(
        name = "adopt",
        description = {
            "Shows the gap that keeps a stream from going on, and which events may be missing for it.",
            "With --accept-gap, asks, then makes what is missing (publication, slot), and has the stream go on behind the"
                    + " gap. Who accepted which range is recorded with the stream's position."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:there is no gap; or it is accepted and recorded",
            "1:database or brokers could not be asked, a relay runs on the slot, or something else is to be mended first",
            "2:the command line or the configuration is wrong, or has no such stream",
            "3:the JVM ran out of memory",
            "5:there is a gap, and it is not accepted"
        })
final class AdoptCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = {"-s", "--stream"},
            required = true,
            paramLabel = "NAME",
            description = "The stream's name in the configuration.")
    private @Nullable String stream;

    @Option(names = "--accept-gap", description = "Accept that the events in the gap are not relayed.")
    private boolean acceptGap;

    @Option(
            names = {"-y", "--yes"},
            description = "Don't ask. Needed where no terminal is.")
    private boolean yes;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    AdoptCommand() {
        this(Terminal.SYSTEM);
    }

    AdoptCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String name = Objects.requireNonNull(stream, "picocli sets it");
        ServerConfig read = config.read();
        Optional<StreamConfig> found = read.streams().stream()
                .filter(known -> known.name().equals(name))
                .findAny();
        if (found.isEmpty()) {
            err().println("--stream: expected one of "
                    + read.streams().stream().map(StreamConfig::name).collect(Collectors.joining(", ")) + ", found '"
                    + name + "'.");
            return ExitCode.USAGE;
        }
        MDC.put("stream", name);
        try (GapAdoption adoption = new GapAdoption(found.get(), whoRunsThis())) {
            return adopt(found.get(), adoption);
        } finally {
            MDC.remove("stream");
        }
    }

    private int adopt(StreamConfig found, GapAdoption adoption) {
        if (!acceptGap && !adoption.hasPosition()) {
            out().println("The stream " + found.name() + " has no position in "
                    + found.delivery().positionTopic()
                    + " yet, which a gap could follow. If run finds one all the same: "
                    + new CommandText(config.file()).adopt(found.name()));
            return ExitCode.OK;
        }
        GapReport report = new GapReport(found);
        GapAdoption.Outcome outcome;
        try {
            outcome = adoption.run((left, gap) -> decide(found, report, left, gap));
        } catch (SlotHeldException e) {
            throw new RelayException(
                    Sentences.of(e) + " Stop it before: this tells where it runs: " + report.holderSql(), true, e);
        }
        return switch (outcome) {
            case NO_GAP -> {
                out().println("The stream " + found.name() + " has no gap. Nothing is changed.");
                yield ExitCode.OK;
            }
            case ACCEPTED -> {
                report.accepted(adoption.recorded()).forEach(out()::println);
                out().println("A relay that waits for it goes on by itself; otherwise: "
                        + new CommandText(config.file()).run());
                yield ExitCode.OK;
            }
            case DECLINED -> ExitCode.GAP;
        };
    }

    private boolean decide(StreamConfig found, GapReport report, Optional<Checkpoint> left, GapException gap) {
        report.lines(left, gap).forEach(out()::println);
        out().println();
        out().flush();
        if (!acceptGap) {
            out().println("To accept the gap: " + new CommandText(config.file()).adopt(found.name()));
            return false;
        }
        if (yes) {
            return true;
        }
        Optional<String> answer = terminal.answer("Accept the gap? [y/N] ");
        if (answer.isEmpty()) {
            err().println(
                            "Expected a terminal to ask whether to accept the gap, found none. Nothing is changed. Run this"
                                    + " on a terminal, or with --yes: "
                                    + new CommandText(config.file()).adopt(found.name()) + " --yes");
            return false;
        }
        boolean accepted = answer.get().equalsIgnoreCase("y") || answer.get().equalsIgnoreCase("yes");
        if (!accepted) {
            out().println("Not accepted. Nothing is changed.");
        }
        return accepted;
    }

    private static String whoRunsThis() {
        String user = System.getProperty("user.name", "?");
        try {
            return user + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return user;
        }
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
    }

    private PrintWriter err() {
        return Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
    }
}
