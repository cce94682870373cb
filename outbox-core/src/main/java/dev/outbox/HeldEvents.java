package dev.outbox;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Events recorded while no transaction was active, by the identity of their aggregate, until a transaction takes them or
 * the aggregate is garbage. Kept outside the aggregate so that nothing has to find the field it keeps them in. Safe for
 * use by any number of threads.
 */
final class HeldEvents {

    private final Map<Key, List<RecordedEvent>> events = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> garbage = new ReferenceQueue<>();

    void add(Object aggregate, RecordedEvent event) {
        removeGarbage();
        events.compute(new Key(aggregate, garbage), (key, present) -> {
            List<RecordedEvent> list = present == null ? new ArrayList<>(1) : present;
            list.add(event);
            return list;
        });
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    List<Object> aggregates() {
        return events.keySet().stream()
                .map(Reference::get)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    List<RecordedEvent> take(Object aggregate) {
        if (events.isEmpty()) {
            return List.of();
        }
        List<RecordedEvent> taken = events.remove(new Key(aggregate, null));
        return taken == null ? List.of() : taken;
    }

    private void removeGarbage() {
        for (Reference<?> dead = garbage.poll(); dead != null; dead = garbage.poll()) {
            events.remove((Key) dead);
        }
    }

    private static final class Key extends WeakReference<Object> {

        private final int hash;

        Key(Object aggregate, @Nullable ReferenceQueue<Object> queue) {
            super(aggregate, queue);
            this.hash = System.identityHashCode(aggregate);
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            Object aggregate = get();
            return aggregate != null && other instanceof Key that && that.get() == aggregate;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
