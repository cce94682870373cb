package dev.outbox.jpa.spring.clash;

import dev.outbox.EventType;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application with two events of one name. */
@SpringBootApplication
public class Application {

    @EventType("stock.counted.v1")
    record Counted(int items) {}

    @EventType("stock.counted.v1")
    record CountedAgain(int items) {}
}
