package dev.outbox.relay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProcessStatusTest {

    private final ProcessHandle self = ProcessHandle.current();

    @Test
    void the_processor_time_is_what_the_jdk_says() {
        double seconds = ProcessStatus.cpuSeconds(self.pid());

        assertThat(seconds)
                .isCloseTo(self.info().totalCpuDuration().orElseThrow().toMillis() / 1e3, within(0.5));
    }

    @Test
    void the_peak_of_memory_is_more_than_the_heap_in_use() {
        assertThat(ProcessStatus.peakMemoryBytes(self.pid()))
                .isGreaterThan(Runtime.getRuntime().totalMemory()
                        - Runtime.getRuntime().freeMemory());
    }
}
