package dev.outbox.samples.check;

/** What can be wrong with what a consumer received. Duplicates are legal for an at-least-once relay; all else is not. */
public enum Defect {
    /** Committed, and never received. */
    LOST("lost"),
    /** Received, though its transaction was rolled back. */
    ROLLED_BACK("received though rolled back"),
    /** Received, though nobody ever published it. */
    NEVER_WRITTEN("received though never written"),
    /** First received after a later event of the same aggregate. */
    REORDERED("received after a later event of its aggregate"),
    /** Received under the key of another aggregate. */
    WRONG_AGGREGATE("received under another aggregate"),
    /** Received again. */
    DUPLICATE("received again");

    private final String description;

    Defect(String description) {
        this.description = description;
    }

    /** In words, to follow "3 events". */
    public String description() {
        return description;
    }
}
