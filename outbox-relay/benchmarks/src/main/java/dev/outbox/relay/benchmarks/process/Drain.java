package dev.outbox.relay.benchmarks.process;

import java.nio.ByteBuffer;
import java.sql.SQLException;

/** Reads a slot's events and throws them away: as fast as a relay on pgjdbc can be. */
public final class Drain {

    private Drain() {}

    /**
     * Runs the program.
     *
     * @param args the database's URL, the slot, how to read, how many events
     */
    public static void main(String[] args) throws SQLException {
        long left = Long.parseLong(args[3]);
        try (BareStream stream = BareStream.open(args[0], args[1], Reading.valueOf(args[2]))) {
            while (left > 0) {
                ByteBuffer message = stream.read();
                if (message.get(message.position()) == 'I') {
                    left--;
                }
            }
            Signs.done();
        }
    }
}
