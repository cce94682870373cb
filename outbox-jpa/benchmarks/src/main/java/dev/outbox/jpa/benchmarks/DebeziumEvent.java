package dev.outbox.jpa.benchmarks;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** The outbox entity of Debezium's extension, with its default columns. */
@Entity
@Table(name = "debezium_outbox")
class DebeziumEvent {

    @Id
    private UUID id = new UUID(0, 0);

    @Column(name = "aggregatetype", nullable = false)
    private String aggregateType = "";

    @Column(name = "aggregateid", nullable = false)
    private String aggregateId = "";

    @Column(nullable = false)
    private String type = "";

    @Column(nullable = false)
    private Instant timestamp = Instant.EPOCH;

    @Column(length = 8000)
    private String payload = "";

    protected DebeziumEvent() {}

    DebeziumEvent(UUID id, String aggregateType, String aggregateId, String type, Instant timestamp, String payload) {
        this.id = id;
        this.aggregateType = aggregateType;
        this.aggregateId = aggregateId;
        this.type = type;
        this.timestamp = timestamp;
        this.payload = payload;
    }
}
