package dev.outbox.samples.demo;

import dev.outbox.samples.check.Checker;
import dev.outbox.samples.check.Verdict;
import dev.outbox.samples.cli.SampleException;
import dev.outbox.samples.reader.Reader;
import dev.outbox.samples.reader.ReaderSettings;
import dev.outbox.samples.reader.ReaderSummary;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import dev.outbox.samples.writer.Writer;
import dev.outbox.samples.writer.WriterResult;
import dev.outbox.samples.writer.WriterSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The demo, from the first server to the verdict. */
final class Demo {

    private static final String DESTINATION = "destination";
    private static final int WRITER_THREADS = 4;
    private static final int ROLLBACK_PERCENT = 5;

    private final DemoSettings settings;
    private final Consumer<String> out;
    private final Consumer<PostgresServer> beforeWriting;
    private final Stop stop = new Stop();

    /** @param out where to say what happens, line by line */
    Demo(DemoSettings settings, Consumer<String> out) {
        this(settings, out, postgres -> {});
    }

    /** @param beforeWriting what a test does to the databases when tables, relay and reader are there */
    Demo(DemoSettings settings, Consumer<String> out, Consumer<PostgresServer> beforeWriting) {
        this.settings = settings;
        this.out = out;
        this.beforeWriting = beforeWriting;
    }

    /** Ends whatever it does; from any thread. */
    void stop() {
        stop.request();
    }

    /**
     * Runs it; when it returns or throws, everything that it started has ended.
     *
     * @throws SampleException if it was stopped, or could not come to a verdict
     */
    DemoResult run() {
        out.accept("Starting PostgreSQL 18 and Kafka ...");
        try (PostgresServer postgres = PostgresServer.start();
                KafkaBroker broker = KafkaBroker.start();
                Topic topic = new Topic(broker.bootstrapServers())) {
            stop.check();
            postgres.createDatabase(Source.DATABASE);
            postgres.createDatabase(DESTINATION);
            topic.create();
            Source source = new Source(postgres);
            Checker checker = new Checker();
            try (Writer writer = Writer.open(writerSettings(postgres));
                    RelayProcess relay = RelayProcess.start(postgres, broker, source, stop);
                    Reader reader = Reader.open(
                            readerSettings(postgres, broker),
                            event -> checker.received(event.eventId(), event.aggregateId()))) {
                beforeWriting.accept(postgres);
                out.accept("The relay streams; writing %d transactions (seed %d) with %d threads ..."
                        .formatted(settings.transactions(), settings.seed(), WRITER_THREADS));
                Run run = new Run(settings, writer, relay, reader, source, stop, topic, out);
                WriterResult written = run.toTheEnd();
                DemoResult result = check(checker, written, run.readerSummary(), writer, postgres, topic);
                if (settings.keepRunning()) {
                    keepRunning(result, postgres, broker, relay);
                }
                return result;
            }
        }
    }

    private DemoResult check(
            Checker checker,
            WriterResult written,
            ReaderSummary read,
            Writer writer,
            PostgresServer postgres,
            Topic topic) {
        out.accept("Checking ...");
        List<String> differences = new ArrayList<>();
        try (Connection source = postgres.connect(Source.DATABASE);
                Connection destination = postgres.connect(DESTINATION)) {
            source.setAutoCommit(false);
            writer.ledger()
                    .forEach(
                            source,
                            entry -> checker.committed(
                                    entry.eventId(), entry.aggregateId().toString()));
            written.rolledBackEvents().forEach(checker::rolledBack);
            differences.addAll(PersonsComparison.differences(source, destination));
        } catch (SQLException e) {
            throw new SampleException("The databases can't be checked: " + e.getMessage(), e);
        }
        Verdict verdict = checker.verdict();
        differences.addAll(0, verdict.defects());
        if (verdict.committed() != written.committedEvents()) {
            differences.add("the writer counted " + written.committedEvents() + " committed events, its ledger holds "
                    + verdict.committed());
        }
        if (read.orphans() + read.ignored() > 0) {
            differences.add("the reader could not apply " + (read.orphans() + read.ignored()) + " events");
        }
        return new DemoResult(verdict, topic.size(), differences);
    }

    private void keepRunning(DemoResult result, PostgresServer postgres, KafkaBroker broker, RelayProcess relay) {
        out.accept(result.line());
        out.accept("""
                Everything is still up. Look at it:
                  psql -h localhost -p %1$d -U postgres -d source -c 'SELECT * FROM outbox ORDER BY id DESC LIMIT 5'
                  psql -h localhost -p %1$d -U postgres -d source -c 'SELECT * FROM pg_replication_slots'
                  psql -h localhost -p %1$d -U postgres -d destination -c 'SELECT * FROM persons LIMIT 5'
                  kafka-console-consumer.sh --bootstrap-server %2$s --topic Person.events --from-beginning \\
                      --max-messages 5 --property print.headers=true --property print.key=true
                The relay is process %3$d and logs to %4$s. Ctrl-C ends it all.""".formatted(postgres.port(), broker.bootstrapServers(), relay.pid(), relay.log()));
        stop.await();
    }

    private WriterSettings writerSettings(PostgresServer postgres) {
        return new WriterSettings(
                postgres.url(Source.DATABASE),
                postgres.user(),
                "",
                WRITER_THREADS,
                settings.transactions(),
                0,
                ROLLBACK_PERCENT,
                settings.seed());
    }

    private static ReaderSettings readerSettings(PostgresServer postgres, KafkaBroker broker) {
        return new ReaderSettings(
                broker.bootstrapServers(), "demo", Topic.NAME, postgres.url(DESTINATION), postgres.user(), "", null, 0);
    }
}
