package dev.outbox.samples.check;

import java.util.Arrays;

/** A growing array of numbers. */
final class IntList {

    private int[] values = new int[512];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int get(int index) {
        return values[index];
    }

    void set(int index, int value) {
        values[index] = value;
    }

    int size() {
        return size;
    }
}
