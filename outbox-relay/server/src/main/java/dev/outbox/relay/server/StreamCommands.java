package dev.outbox.relay.server;

import dev.outbox.relay.server.status.ManagedStream;
import dev.outbox.relay.server.status.Paused;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.StreamStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/** Passes on to a stream what people want of it, and waits a while to tell them what became of it. For any thread. */
final class StreamCommands implements ManagedStream {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<StreamState> UP = EnumSet.of(StreamState.RUNNING, StreamState.STANDBY);

    private final String name;
    private final Progress progress;
    private final Control control;
    private final Clock clock;

    StreamCommands(String name, Progress progress, Control control, Clock clock) {
        this.name = name;
        this.progress = progress;
        this.control = control;
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public StreamStatus status() {
        return progress.status();
    }

    @Override
    public boolean isAlive() {
        return progress.isAlive();
    }

    @Override
    public Answer pause(String by) {
        StreamStatus before = progress.status();
        switch (before.state()) {
            case PAUSED -> {
                return Answer.DONE;
            }
            case STANDBY -> {
                return standsBy();
            }
            case STOPPED -> {
                return stopped();
            }
            default -> control.pause(new Paused(by, clock.instant().truncatedTo(ChronoUnit.MILLIS)));
        }
        StreamStatus after = await(now -> now.state() == StreamState.PAUSED
                || now.state() == StreamState.STANDBY
                || now.state() == StreamState.STOPPED
                || failedAgain(before, now));
        return switch (after.state()) {
            case PAUSED -> Answer.DONE;
            case STANDBY -> standsBy();
            case STOPPED -> stopped();
            default ->
                new Answer(
                        Outcome.ACCEPTED,
                        "The stream " + name + " is to be paused, and relays nothing more in this process; it is PAUSED"
                                + " once that is stored in its position topic.");
        };
    }

    private Answer standsBy() {
        return new Answer(
                Outcome.REFUSED,
                "Expected to hold the slot of the stream " + name
                        + ", found that another relay does. Pause it there: then"
                        + " it is paused for this one as well.");
    }

    private Answer stopped() {
        return new Answer(Outcome.REFUSED, "The stream " + name + " has ended, as this process does.");
    }

    @Override
    public Answer resume(String by) {
        StreamStatus before = progress.status();
        if (UP.contains(before.state()) && control.pausing() == null) {
            return Answer.DONE;
        }
        if (before.state() == StreamState.STOPPED) {
            return stopped();
        }
        control.resume();
        StreamStatus after = await(now -> isUp(now) || failedAgain(before, now));
        return isUp(after)
                ? Answer.DONE
                : new Answer(Outcome.ACCEPTED, "The stream " + name + " is resumed, and has not come up yet.");
    }

    /** A pause that was asked for just before may not have ended the attempt yet. */
    private boolean isUp(StreamStatus now) {
        return UP.contains(now.state()) && !control.resuming();
    }

    @Override
    public Answer restart(String by) {
        StreamStatus before = progress.status();
        if (before.state() == StreamState.STOPPED) {
            return stopped();
        }
        if (before.state() == StreamState.PAUSED) {
            return new Answer(
                    Outcome.REFUSED, "Expected a stream that is not paused, found " + name + " PAUSED. Resume it.");
        }
        control.restart();
        Predicate<StreamStatus> again =
                now -> now.troubles().restarts() > before.troubles().restarts() && UP.contains(now.state());
        StreamStatus after = await(again.or(now -> failedAgain(before, now)));
        return again.test(after)
                ? Answer.DONE
                : new Answer(Outcome.ACCEPTED, "The stream " + name + " begins anew, and has not come up yet.");
    }

    private static boolean failedAgain(StreamStatus before, StreamStatus now) {
        return now.state() == StreamState.FAILED
                && now.troubles().errors() > before.troubles().errors();
    }

    private StreamStatus await(Predicate<StreamStatus> test) {
        try {
            return progress.await(test, PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return progress.status();
        }
    }
}
