package dev.outbox.samples.reader;

/** Told of every record that a reader receives, duplicates included, before it is applied. */
@FunctionalInterface
public interface RecordListener {

    /** Listens to nothing. */
    RecordListener NONE = event -> {};

    /** Called on the reader's thread, in the order of the records; what it throws ends the reader. */
    void received(ReceivedEvent event);
}
