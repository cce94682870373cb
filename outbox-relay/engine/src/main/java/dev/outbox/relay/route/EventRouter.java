package dev.outbox.relay.route;

import java.util.Map;
import java.util.Optional;

/** Routes by aggregate type: its own route where there is one, else the template. Immutable. */
public final class EventRouter {

    private final TopicTemplate template;
    private final Map<String, String> routes;

    /**
     * A router.
     *
     * @param template makes the topic of an aggregate type without a route
     * @param routes topics by aggregate type
     */
    public EventRouter(TopicTemplate template, Map<String, String> routes) {
        this.template = template;
        this.routes = Map.copyOf(routes);
    }

    /** Whether events of some aggregate type may go to this topic. */
    public boolean mayRouteTo(String topic) {
        return routes.containsValue(topic) || template.mayMake(topic);
    }

    /**
     * The route of an aggregate type.
     *
     * @throws UnroutableException if Kafka would refuse the topic's name
     */
    public Route route(String aggregateType) {
        String topic = routes.get(aggregateType);
        if (topic == null) {
            topic = template.topicOf(aggregateType);
        }
        Optional<String> mistake = TopicTemplate.topicMistake(topic);
        if (mistake.isPresent()) {
            throw new UnroutableException("aggregate type '" + aggregateType + "': " + mistake.get()
                    + ". Give this aggregate type a topic under routes.");
        }
        return new Route(topic);
    }
}
