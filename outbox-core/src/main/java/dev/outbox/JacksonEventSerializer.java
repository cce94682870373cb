package dev.outbox;

import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** The only class that knows Jackson, so that applications with another serializer can leave Jackson away. */
final class JacksonEventSerializer implements EventSerializer {

    private final ObjectMapper mapper;

    private JacksonEventSerializer(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    static EventSerializer withDefaults() {
        return new JacksonEventSerializer(
                JsonMapper.builder().findAndAddModules().build());
    }

    @Override
    public byte[] serialize(Object event) {
        return mapper.writeValueAsBytes(event);
    }
}
