package dev.outbox.jpa.spring;

import dev.outbox.EventSerializer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The application's own mapper as the serializer of its events. The conditions ask for any mapper and the method for the
 * one: where there are several and none is primary, Spring says so, instead of us taking another silently.
 */
final class MapperSerializers {

    private MapperSerializers() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(tools.jackson.databind.json.JsonMapper.class)
    @ConditionalOnBean(tools.jackson.databind.json.JsonMapper.class)
    @ConditionalOnMissingBean(EventSerializer.class)
    static class Jackson3 {

        @Bean
        EventSerializer outboxEventSerializer(tools.jackson.databind.json.JsonMapper jsonMapper) {
            return jsonMapper::writeValueAsBytes;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(com.fasterxml.jackson.databind.json.JsonMapper.class)
    @ConditionalOnBean(com.fasterxml.jackson.databind.ObjectMapper.class)
    @ConditionalOnMissingBean(EventSerializer.class)
    static class Jackson2 {

        @Bean
        EventSerializer outboxEventSerializer(com.fasterxml.jackson.databind.ObjectMapper objectMapper) {
            return objectMapper::writeValueAsBytes;
        }
    }
}
