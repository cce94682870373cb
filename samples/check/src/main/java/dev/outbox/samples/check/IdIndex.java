package dev.outbox.samples.check;

import java.util.Arrays;
import java.util.UUID;

/**
 * Numbers ids 0, 1, 2, … as they come: a hash table with open addressing over plain arrays, because a million
 * {@code UUID} objects in a {@code HashMap} cost three times the memory.
 */
final class IdIndex {

    private static final int FREE = -1;

    private long[] high = new long[512];
    private long[] low = new long[512];
    private int[] slots = freeSlots(1024);
    private int size;

    /** The number of the id: a new one, equal to the size before, if it was not known. */
    int add(UUID id) {
        int slot = slot(id.getMostSignificantBits(), id.getLeastSignificantBits());
        if (slots[slot] != FREE) {
            return slots[slot];
        }
        if (size == high.length) {
            grow();
            slot = slot(id.getMostSignificantBits(), id.getLeastSignificantBits());
        }
        high[size] = id.getMostSignificantBits();
        low[size] = id.getLeastSignificantBits();
        slots[slot] = size;
        return size++;
    }

    UUID id(int number) {
        return new UUID(high[number], low[number]);
    }

    int size() {
        return size;
    }

    private int slot(long idHigh, long idLow) {
        int mask = slots.length - 1;
        int slot = hash(idHigh, idLow) & mask;
        while (slots[slot] != FREE && (high[slots[slot]] != idHigh || low[slots[slot]] != idLow)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Ids of version 7 differ by little, so their bits are spread by a multiplication before use. */
    private static int hash(long idHigh, long idLow) {
        long mixed = (idHigh * 31 + idLow) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    /** Keeps the slots at most half full. */
    private void grow() {
        high = Arrays.copyOf(high, high.length * 2);
        low = Arrays.copyOf(low, low.length * 2);
        slots = freeSlots(slots.length * 2);
        for (int i = 0; i < size; i++) {
            slots[slot(high[i], low[i])] = i;
        }
    }

    private static int[] freeSlots(int length) {
        int[] free = new int[length];
        Arrays.fill(free, FREE);
        return free;
    }
}
