package dev.outbox.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import dev.outbox.samples.spring.OrderController.OrderView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.json.JsonMapper;

/** From an HTTP call to the row that the relay will read, in the real application on a real PostgreSQL. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"logging.level.root=warn", "spring.main.banner-mode=off"})
@AutoConfigureRestTestClient
class OrdersApplicationTest {

    private static final PostgresServer POSTGRES = PostgresServer.start();

    @Autowired
    RestTestClient http;

    @Autowired
    JdbcTemplate database;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) {
        String url = POSTGRES.createDatabase("shop");
        POSTGRES.execute("shop", OutboxTable.ddl());
        properties.add("spring.datasource.url", () -> url);
        properties.add("spring.datasource.username", POSTGRES::user);
    }

    @AfterAll
    static void stop() {
        POSTGRES.close();
    }

    @Test
    void a_placed_order_is_an_event_with_the_tenant_of_the_call() {
        OrderView order = place("Ada", 3);

        List<Map<String, Object>> events = events(order.id());
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .containsEntry("aggregatetype", "Order")
                        .containsEntry("type", "order.placed.v1")
                        .containsEntry("headers", "{\"tenant\":\"acme\"}"));
        assertThat(new JsonMapper().readValue((String) events.get(0).get("payload"), OrderPlaced.class))
                .isEqualTo(new OrderPlaced(order.id(), "Ada", 3));
    }

    @Test
    void a_refused_call_leaves_no_event() {
        OrderView order = place("Grace", 1);
        ship(order.id()).expectStatus().isOk();
        ship(order.id()).expectStatus().isEqualTo(HttpStatus.CONFLICT);
        ship(UUID.randomUUID()).expectStatus().isNotFound();

        assertThat(events(order.id()))
                .extracting(event -> event.get("type"))
                .containsExactly("order.placed.v1", "order.shipped.v1");
    }

    private OrderView place(String customer, int quantity) {
        return Objects.requireNonNull(http.post()
                .uri("/orders")
                .header("X-Tenant", "acme")
                .body(new OrderController.NewOrder(customer, quantity))
                .exchange()
                .expectStatus()
                .isCreated()
                .expectBody(OrderView.class)
                .returnResult()
                .getResponseBody());
    }

    private RestTestClient.ResponseSpec ship(UUID id) {
        return http.post()
                .uri("/orders/{id}/shipment", id)
                .header("X-Tenant", "acme")
                .exchange();
    }

    private List<Map<String, Object>> events(UUID order) {
        return database.queryForList(
                "SELECT aggregatetype, type, payload::text, headers::text FROM outbox WHERE aggregateid = ? ORDER BY id",
                order.toString());
    }
}
