package dev.outbox.relay.server.config;

/**
 * A setting as the reference page tells of it.
 *
 * @param key the full key; {@code <stream>}, {@code <name>} and {@code <property>} stand for names that are free
 * @param type what its value looks like
 * @param byDefault the value that holds without it, as it would be written; empty where there is none
 * @param meaning what it does, in a sentence or two
 */
record Definition(String key, String type, String byDefault, String meaning) {

    /** Whether a key of a configuration is this setting. */
    boolean matches(String fullKey) {
        String[] parts = key.split("\\.", -1);
        String[] given = fullKey.split("\\.", -1);
        for (int i = 0; i < parts.length; i++) {
            // What is free at the end may hold dots, as Kafka's names do.
            if (isFree(parts[i]) && i == parts.length - 1) {
                return given.length >= parts.length;
            }
            if (i >= given.length || !(isFree(parts[i]) || parts[i].equals(given[i]))) {
                return false;
            }
        }
        return given.length == parts.length;
    }

    private static boolean isFree(String part) {
        return part.startsWith("<");
    }
}
