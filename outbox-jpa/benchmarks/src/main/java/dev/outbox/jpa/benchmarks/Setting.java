package dev.outbox.jpa.benchmarks;

/**
 * One table of results.
 *
 * @param threads how many business transactions run at once
 * @param events how many events each has
 */
record Setting(int threads, int events) {

    @Override
    public String toString() {
        return events + (events == 1 ? " event" : " events") + ", " + threads + (threads == 1 ? " thread" : " threads");
    }
}
