package dev.outbox.jpa;

import dev.outbox.Aggregate;
import dev.outbox.OutboxException;
import jakarta.persistence.Id;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.Metamodel;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the class of an entity says about it as an aggregate. */
final class Aggregates {

    private Aggregates() {}

    static boolean is(Object entity) {
        return entity.getClass().isAnnotationPresent(Aggregate.class);
    }

    static String type(@Nullable Object entity) {
        if (entity == null) {
            throw new OutboxException("The aggregate must not be null.");
        }
        Aggregate annotation = entity.getClass().getAnnotation(Aggregate.class);
        if (annotation == null) {
            throw new OutboxException(
                    "The class " + entity.getClass().getName() + " has no aggregate type. Add the name that routes its"
                            + " events, for example @Aggregate(\"Order\"), to the class, or publish with type and id.");
        }
        return annotation.value();
    }

    /** The id as the class declares it, for an Outbox that has no EntityManager to ask. */
    static @Nullable Object id(Object entity) {
        try {
            for (Class<?> type = entity.getClass(); type != null; type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (field.isAnnotationPresent(Id.class)) {
                        return accessible(field).get(entity);
                    }
                }
                for (Method method : type.getDeclaredMethods()) {
                    if (method.isAnnotationPresent(Id.class)) {
                        return accessible(method).invoke(entity);
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new OutboxException("The id of " + entity.getClass().getName() + " can't be read.", e);
        }
        throw new OutboxException("The class " + entity.getClass().getName() + " has no field or method with @Id:"
                + " publish its events with aggregate type and id.");
    }

    private static <T extends AccessibleObject> T accessible(T member) {
        member.setAccessible(true);
        return member;
    }

    /** Everything that would make events of these entities fail later. */
    static List<String> mistakes(Metamodel metamodel) {
        List<String> mistakes = new ArrayList<>();
        for (EntityType<?> entity : metamodel.getEntities()) {
            Class<?> type = entity.getJavaType();
            Aggregate annotation = type == null ? null : type.getAnnotation(Aggregate.class);
            if (annotation == null) {
                continue;
            }
            if (annotation.value().isBlank() || annotation.value().length() > 255) {
                mistakes.add("@Aggregate of " + type.getName() + " must have 1 to 255 characters, not blank");
            }
            if (!entity.hasSingleIdAttribute()
                    || !AggregateIds.supports(entity.getIdType().getJavaType())) {
                mistakes.add(
                        "the id of aggregate " + type.getName() + " must be a UUID, String, Integer, Long, Short or"
                                + " BigInteger; publish events of other aggregates with an id of your own as a String, without"
                                + " @Aggregate");
            }
        }
        return mistakes;
    }
}
