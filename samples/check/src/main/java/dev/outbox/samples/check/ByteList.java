package dev.outbox.samples.check;

import java.util.Arrays;

/** A growing array of small numbers. */
final class ByteList {

    private byte[] values = new byte[512];
    private int size;

    void add(byte value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    byte get(int index) {
        return values[index];
    }

    void set(int index, byte value) {
        values[index] = value;
    }
}
