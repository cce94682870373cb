package dev.outbox.relay.benchmarks.process;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** The payloads of all backlogs: JSON whose values are as random as ids and amounts are, so that it compresses like it. */
public final class Payloads {

    /** How many aggregates the events are of, in turns. */
    public static final int AGGREGATES = 10_000;

    private static final int MOST = 1_000;
    private static final int MOST_BYTES = 16 << 20;
    private static final String BEGIN =
            "{\"orderId\":\"%08x-%04x\",\"status\":\"SHIPPED\",\"total\":%d.%02d,\"note\":\"";
    private static final String END = "\"}";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz 0123456789";

    private Payloads() {}

    /** Different ones of that many bytes, the same in each run: a thousand, or as many as are not too much. */
    public static List<byte[]> of(int bytes) {
        Random random = new Random(bytes);
        return IntStream.range(0, Math.min(MOST, MOST_BYTES / bytes))
                .mapToObj(any -> payload(random, bytes).getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private static String payload(Random random, int bytes) {
        StringBuilder text = new StringBuilder(bytes);
        text.append(BEGIN.formatted(
                random.nextInt(), random.nextInt(0x10000), random.nextInt(10_000), random.nextInt(100)));
        while (text.length() < bytes - END.length()) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.append(END).toString();
    }
}
