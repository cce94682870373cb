package dev.outbox.relay;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was made of a column's bytes, kept by those bytes: looking up makes no string and no copy. For values that repeat,
 * such as aggregate types; when it is full it starts afresh. For one thread.
 *
 * @param <V> what is made of them
 */
final class BytesCache<V> {

    private static final int CAPACITY = 4096;

    /** Longer ones hardly repeat, and would make the cache large. */
    private static final int LONGEST_KEPT = 512;

    private final Function<byte[], V> make;
    private final @Nullable Entry<V>[] slots;
    private int size;

    /** @param make makes the value of new bytes, which it may keep */
    BytesCache(Function<byte[], V> make) {
        this.make = make;
        this.slots = newSlots();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <V> @Nullable Entry<V>[] newSlots() {
        return new Entry[2 * CAPACITY];
    }

    V get(byte[] array, int offset, int length) {
        if (length > LONGEST_KEPT) {
            return make.apply(Arrays.copyOfRange(array, offset, offset + length));
        }
        int slot = slotOf(array, offset, length);
        Entry<V> entry = slots[slot];
        if (entry != null) {
            return entry.value();
        }
        if (size == CAPACITY) {
            Arrays.fill(slots, null);
            size = 0;
            slot = slotOf(array, offset, length);
        }
        byte[] key = Arrays.copyOfRange(array, offset, offset + length);
        V value = make.apply(key);
        slots[slot] = new Entry<>(key, value);
        size++;
        return value;
    }

    /** The slot that holds the bytes, or the free one where they belong; half of the slots are always free. */
    private int slotOf(byte[] array, int offset, int length) {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        int slot = (hash ^ (hash >>> 16)) & (slots.length - 1);
        for (Entry<V> entry = slots[slot]; entry != null; entry = slots[slot]) {
            if (Arrays.equals(entry.key(), 0, entry.key().length, array, offset, offset + length)) {
                return slot;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private record Entry<V>(byte[] key, V value) {}
}
