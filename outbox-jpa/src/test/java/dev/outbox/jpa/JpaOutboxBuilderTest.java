package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // Callers that are not checked for nullness pass null.
class JpaOutboxBuilderTest {

    @Test
    void every_mistake_is_listed_at_once() {
        assertThatThrownBy(() -> JpaOutbox.builder()
                        .table(null)
                        .payloadType(null)
                        .serializer(withContentType("a\nb"))
                        .build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("table is null", "payloadType is null", "contentType() must be a media type");
    }

    @Test
    void a_serializer_without_content_type_is_refused() {
        for (String contentType : new String[] {null, "", " ", "tüte/käse"}) {
            assertThatThrownBy(() -> JpaOutbox.builder()
                            .serializer(withContentType(contentType))
                            .build())
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("contentType()");
        }
    }

    private static EventSerializer withContentType(String contentType) {
        return new EventSerializer() {
            @Override
            public byte[] serialize(Object event) {
                return new byte[0];
            }

            @Override
            public String contentType() {
                return contentType;
            }
        };
    }
}
