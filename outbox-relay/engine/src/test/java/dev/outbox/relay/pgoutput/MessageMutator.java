package dev.outbox.relay.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Breaks valid messages the way that finds faults in decoders: single bits, whole fields at the limits of their
 * widths, cuts, and pieces of one message inside another. One to three of these a mutant, since after more of them
 * little is left to decode.
 */
final class MessageMutator {

    private static final int[] BOUNDARIES = {
        0,
        1,
        -1,
        2,
        4,
        127,
        128,
        255,
        256,
        32767,
        32768,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE - 1,
        Integer.MAX_VALUE - 4,
        Integer.MIN_VALUE,
        Integer.MIN_VALUE + 4
    };
    private static final byte[] BYTES_WITH_A_MEANING =
            "BMCORYIUDTNKOntub\0\1\u007F".getBytes(StandardCharsets.ISO_8859_1);

    private final SplittableRandom random;
    private final List<byte[]> samples;

    MessageMutator(SplittableRandom random, List<byte[]> samples) {
        this.random = random;
        this.samples = samples;
    }

    byte[] next() {
        byte[] bytes = anySample().clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes = bytes.length == 0 ? anySample().clone() : mutate(bytes);
        }
        return bytes;
    }

    private byte[] mutate(byte[] bytes) {
        return switch (random.nextInt(9)) {
            case 0 -> flipBit(bytes);
            case 1 -> setByte(bytes, (byte) random.nextInt());
            case 2 -> setByte(bytes, BYTES_WITH_A_MEANING[random.nextInt(BYTES_WITH_A_MEANING.length)]);
            case 3 -> writeInt(bytes, Integer.BYTES, BOUNDARIES[random.nextInt(BOUNDARIES.length)]);
            case 4 -> writeInt(bytes, Short.BYTES, BOUNDARIES[random.nextInt(BOUNDARIES.length)]);
            case 5 -> writeInt(bytes, Integer.BYTES, bytes.length - random.nextInt(bytes.length + 8));
            case 6 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 7 -> splice(bytes, anySample());
            default -> changeType(bytes);
        };
    }

    private byte[] flipBit(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private byte[] setByte(byte[] bytes, byte value) {
        bytes[random.nextInt(bytes.length)] = value;
        return bytes;
    }

    private byte[] writeInt(byte[] bytes, int width, int value) {
        int from = random.nextInt(bytes.length);
        for (int i = 0; i < width && from + i < bytes.length; i++) {
            bytes[from + i] = (byte) (value >>> (8 * (width - 1 - i)));
        }
        return bytes;
    }

    private byte[] splice(byte[] head, byte[] tail) {
        int keep = random.nextInt(head.length + 1);
        int from = random.nextInt(tail.length + 1);
        byte[] spliced = Arrays.copyOf(head, keep + tail.length - from);
        System.arraycopy(tail, from, spliced, keep, tail.length - from);
        return spliced;
    }

    private byte[] changeType(byte[] bytes) {
        bytes[0] = anySample()[0];
        return bytes;
    }

    private byte[] anySample() {
        return samples.get(random.nextInt(samples.size()));
    }
}
