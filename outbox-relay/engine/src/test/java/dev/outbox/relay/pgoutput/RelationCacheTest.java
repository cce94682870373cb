package dev.outbox.relay.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelationCacheTest {

    private final RelationCache cache = new RelationCache();

    @Test
    void finds_every_relation_that_was_put() {
        Relation a = relation(1, "a");
        Relation b = relation(0xFFFFFFFFL, "b");
        cache.put(a);
        cache.put(b);
        for (int i = 0; i < 2; i++) {
            assertThat(cache.get(1)).isSameAs(a);
            assertThat(cache.get(1)).isSameAs(a);
            assertThat(cache.get(0xFFFFFFFFL)).isSameAs(b);
        }
    }

    @Test
    void a_new_description_replaces_the_old_one() {
        cache.put(relation(1, "before"));
        cache.put(relation(2, "other"));
        Relation after = relation(1, "after");
        cache.put(after);
        assertThat(cache.get(1)).isSameAs(after);
        assertThat(cache.get(2).name()).isEqualTo("other");
        assertThat(cache.get(1)).isSameAs(after);
    }

    @Test
    void an_unknown_relation_says_which_and_what_to_do() {
        cache.put(relation(1, "a"));
        assertThatThrownBy(() -> cache.get(4294901760L))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("Unknown relation 4294901760")
                .hasMessageContaining("this session's 1 Relation messages")
                .hasMessageContaining("Open the stream again");
        assertThat(cache.get(1).name()).isEqualTo("a");
    }

    @Test
    void a_tuple_must_have_the_columns_of_its_relation() {
        TupleData tuple =
                ((Insert) new PgOutputDecoder().decode(Samples.insert().toBuffer())).newTuple();
        Relation five = relation(1, "five", "a", "b", "c", "d", "e");
        cache.put(five);
        assertThat(cache.get(1, tuple)).isSameAs(five);
        cache.put(relation(1, "two", "a", "b"));
        assertThatThrownBy(() -> cache.get(1, tuple))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("relation 1 (public.two)")
                .hasMessageContaining("expected the 2 columns")
                .hasMessageContaining("found 5");
    }

    private static Relation relation(long id, String name, String... columns) {
        List<Relation.Column> described = List.of(columns).stream()
                .map(c -> new Relation.Column(0, c, 25, -1))
                .toList();
        return new Relation(id, "public", name, 'd', described);
    }
}
