package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.Drain;
import dev.outbox.relay.benchmarks.process.Loop;
import dev.outbox.relay.benchmarks.process.Produce;
import dev.outbox.relay.benchmarks.process.Reading;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sides that do less than a relay has to: no relay of that kind can be faster. */
final class Limits {

    /** These and the environment are those of the relay's start script. */
    private static final List<String> JVM = List.of(
            "-Xms48m",
            "-Xmx256m",
            "-Xmn24m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:FreqInlineSize=50",
            "-Djdk.nio.maxCachedBufferSize=262144");

    private static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "2");

    private static final String READ = "pgjdbc, protocol 1, the relay's JVM flags";
    private static final String SENT =
            "acks=all, idempotent, five requests in flight, lz4, batch.size 128 KiB, linger.ms ";

    private Limits() {}

    static Side drain(Reading reading) {
        return new Side(
                "pgjdbc drain, " + words(reading),
                Side.Kind.DRAIN,
                read(reading),
                job -> Commands.java(ENVIRONMENT, JVM, Drain.class, job.url(), job.slot(), reading, job.events()));
    }

    static Side producer() {
        return new Side(
                "Kafka producer alone",
                Side.Kind.PRODUCER,
                SENT + 2,
                job -> Commands.java(
                        ENVIRONMENT,
                        JVM,
                        Produce.class,
                        job.bootstrapServers(),
                        job.topic(),
                        job.events(),
                        job.payloadBytes()));
    }

    static Side loop(Reading reading, int lingerMillis) {
        return new Side(
                "smallest loop, " + words(reading),
                Side.Kind.RELAY,
                read(reading) + "; " + SENT + lingerMillis,
                job -> Commands.java(
                        ENVIRONMENT,
                        JVM,
                        Loop.class,
                        job.url(),
                        job.slot(),
                        reading,
                        job.bootstrapServers(),
                        job.topic(),
                        lingerMillis));
    }

    /** Where PostgreSQL's own program for this is installed. */
    static Optional<Side> pgRecvlogical() {
        return Programs.find("pg_recvlogical")
                .map(program -> new Side(
                        "pg_recvlogical",
                        Side.Kind.DRAIN,
                        program + ", to /dev/null",
                        // The shell waits for it, and keeps its processor time.
                        job -> Side.Command.of(List.of(
                                "/bin/sh",
                                "-c",
                                "\"$@\" && echo done && cat",
                                "sh",
                                program.toString(),
                                "--start",
                                "--slot=" + job.slot(),
                                "--dbname=host=localhost port=" + job.port() + " user=postgres dbname="
                                        + job.database(),
                                "--file=/dev/null",
                                "--option=proto_version=1",
                                "--option=publication_names=outbox",
                                "--no-loop",
                                "--endpos=" + job.end()))));
    }

    private static String read(Reading reading) {
        return READ + (reading == Reading.EAGER ? "" : ", the relay's receive buffer of 128 KiB");
    }

    private static String words(Reading reading) {
        return reading == Reading.EAGER ? "eager" : "in gulps";
    }
}
