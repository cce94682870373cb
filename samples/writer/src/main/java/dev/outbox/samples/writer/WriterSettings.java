package dev.outbox.samples.writer;

/**
 * What a writer does and where.
 *
 * @param url the JDBC URL of the source database
 * @param username its user
 * @param password the user's password; may be empty
 * @param threads how many transactions run at once, 1 or more
 * @param transactions how many transactions to try in all, those rolled back included
 * @param rate transactions a second, all threads together; 0 for as many as it can
 * @param rollbackPercent how many of a hundred transactions to undo on purpose, 0 to 100
 * @param seed makes each thread choose the same kinds of transactions again; ids are new ones
 */
public record WriterSettings(
        String url,
        String username,
        String password,
        int threads,
        long transactions,
        double rate,
        int rollbackPercent,
        long seed) {

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "WriterSettings[url=%s, username=%s, threads=%d, transactions=%d, rate=%s, rollbackPercent=%d, seed=%d]"
                .formatted(url, username, threads, transactions, rate, rollbackPercent, seed);
    }
}
