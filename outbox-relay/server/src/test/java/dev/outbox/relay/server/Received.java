package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records whose values number all events of a test, against what they ought to be. Keys say which aggregate. */
final class Received {

    private final int events;
    private final List<ConsumerRecord<byte[], byte[]>> records;
    private int duplicates;

    Received(int events, List<ConsumerRecord<byte[], byte[]>> records) {
        this.events = events;
        this.records = records;
    }

    /** Every event is there, and the first time that each comes it is in its aggregate's order. */
    void assertNothingLostOrReordered() {
        boolean[] seen = new boolean[events + 1];
        Map<String, Integer> last = new HashMap<>();
        List<String> reordered = new ArrayList<>();
        int distinct = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            int number = Integer.parseInt(Topic.text(record.value()).replaceAll("\\D", ""));
            if (seen[number]) {
                duplicates++;
                continue;
            }
            seen[number] = true;
            distinct++;
            int before = last.getOrDefault(Topic.text(record.key()), 0);
            if (number < before) {
                reordered.add(before + " before " + number);
            }
            last.put(Topic.text(record.key()), number);
        }
        assertThat(distinct).as("distinct events").isEqualTo(events);
        assertThat(reordered).isEmpty();
    }

    int duplicates() {
        return duplicates;
    }

    /** The most records that came within so many milliseconds, by the broker's clock. */
    int mostWithin(long millis) {
        NavigableMap<Long, Integer> counts = new TreeMap<>();
        records.forEach(record -> counts.merge(record.timestamp(), 1, Integer::sum));
        int most = 0;
        for (long from : counts.keySet()) {
            Collection<Integer> window = counts.subMap(from, from + millis).values();
            most = Math.max(most, window.stream().mapToInt(Integer::intValue).sum());
        }
        return most;
    }
}
