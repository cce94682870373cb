package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTest {

    @Test
    void of_names_that_brokers_take_for_the_same_only_one_is_made_with_others() {
        assertThat(Cluster.withoutCollisions(List.of("a.b", "orders", "a_b", "a-b", "a.b_c", "a_b.c")))
                .containsExactly("a.b", "orders", "a-b", "a.b_c");
    }
}
