package dev.outbox.relay.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRouterTest {

    private final EventRouter router =
            new EventRouter(TopicTemplate.parse("{aggregateType}.events"), Map.of("Person", "people"));

    @Test
    void a_type_goes_to_its_route_or_else_where_the_template_says() {
        assertThat(router.route("Person")).isEqualTo(new Route("people"));
        assertThat(router.route("Order")).isEqualTo(new Route("Order.events"));
    }

    @Test
    void a_topic_is_known_for_one_that_events_may_go_to() {
        assertThat(List.of("people", "Order.events", "a.b.events", ".events")).allMatch(router::mayRouteTo);
        assertThat(List.of("Person", "Order_events", "Order.events.old")).noneMatch(router::mayRouteTo);
    }

    @ParameterizedTest
    @ValueSource(strings = {"🙂", "a b", "ä", "a/b", "x\0"})
    void a_name_that_kafka_would_refuse_is_refused_and_not_mended(String type) {
        assertThatThrownBy(() -> router.route(type))
                .isInstanceOf(UnroutableException.class)
                .hasMessageContaining("'" + type + "'")
                .hasMessageContaining("under routes");
    }

    @Test
    void a_name_may_have_249_characters() {
        assertThat(router.route("x".repeat(242)).topic()).hasSize(249);
        assertThatThrownBy(() -> router.route("x".repeat(243))).isInstanceOf(UnroutableException.class);
    }

    @Test
    void dots_alone_are_no_topic() {
        assertThat(TopicTemplate.topicMistake(".")).isPresent();
        assertThat(TopicTemplate.topicMistake("..")).isPresent();
        assertThat(TopicTemplate.topicMistake("...")).isEmpty();
    }

    @Test
    void a_template_knows_one_variable() {
        assertThat(TopicTemplate.mistake("{aggregatetype}")).isPresent();
        assertThat(TopicTemplate.mistake("{aggregateType")).isPresent();
        assertThat(TopicTemplate.mistake("all-events")).isEmpty();
        assertThatThrownBy(() -> TopicTemplate.parse("{x}")).isInstanceOf(IllegalArgumentException.class);
    }
}
