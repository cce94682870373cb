package dev.outbox.jpa.benchmarks;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;

/** The outbox entity as Debezium's extension has it, mapped to the columns of the table that all sides share. */
@Entity
@Table(name = Database.OUTBOX_DEBEZIUM)
class DebeziumEvent {

    @Id
    private UUID id = new UUID(0, 0);

    @Column(name = "aggregatetype", nullable = false)
    private String aggregateType = "";

    @Column(name = "aggregateid", nullable = false)
    private String aggregateId = "";

    @Column(nullable = false)
    private String type = "";

    @Column(name = "occurred_at", nullable = false)
    private Instant timestamp = Instant.EPOCH;

    @Column(nullable = false)
    @ColumnTransformer(write = "?::json")
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
