package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.PayloadType;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // Callers that are not checked for nullness pass null.
class JpaOutboxBuilderTest {

    @Test
    void every_mistake_is_listed_at_once() {
        assertThatThrownBy(() -> JpaOutbox.builder()
                        .table(null)
                        .payloadType(null)
                        .serializer(withContentType("a\nb"))
                        .maxPayloadBytes(0)
                        .headers(null)
                        .build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll(
                        "table is null",
                        "payloadType is null",
                        "contentType() must be a media type",
                        "maxPayloadBytes is 0",
                        "a HeaderContributor is null");
    }

    @Test
    void a_serializer_whose_bytes_the_column_cannot_hold_is_refused() {
        for (PayloadType json : new PayloadType[] {PayloadType.JSON, PayloadType.JSONB}) {
            for (String contentType : new String[] {"application/avro", "text/plain", "application/jsonx"}) {
                assertThatThrownBy(() -> JpaOutbox.builder()
                                .payloadType(json)
                                .serializer(EventSerializer.bytes(contentType))
                                .build())
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContaining(
                                "makes " + contentType + ", which a " + json.sqlName() + " column can't hold");
            }
        }
    }

    @Test
    void whatever_is_json_fits_a_json_column() {
        for (String contentType :
                new String[] {"application/json", "Application/JSON; charset=utf-8", "application/cloudevents+json"}) {
            JpaOutbox.builder().serializer(EventSerializer.text(contentType)).build();
        }
    }

    @Test
    void headers_need_a_column() {
        OutboxTable table = OutboxTable.DEFAULT.without(OutboxTable.Column.HEADERS);
        assertThatThrownBy(() -> JpaOutbox.builder()
                        .table(table)
                        .headers(event -> Map.of())
                        .build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("there are HeaderContributors, and public.outbox has no headers column");
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
