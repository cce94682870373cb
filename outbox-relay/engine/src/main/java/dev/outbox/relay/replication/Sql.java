package dev.outbox.relay.replication;

/** Names and words as SQL takes them. */
final class Sql {

    private Sql() {}

    /** Between double quotes. */
    static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Between single quotes. */
    static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
