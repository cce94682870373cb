package dev.outbox.jpa;

import dev.outbox.Aggregate;
import dev.outbox.OutboxException;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.Metamodel;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        if (entity.getClass().isAnnotationPresent(IdClass.class)) {
            throw new OutboxException("The class " + entity.getClass().getName() + " has an @IdClass, which only an"
                    + " EntityManager makes of it: publish its events with aggregate type and id.");
        }
        try {
            for (Class<?> type = entity.getClass(); type != null; type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (isId(field)) {
                        return accessible(field).get(entity);
                    }
                }
                for (Method method : type.getDeclaredMethods()) {
                    if (isId(method)) {
                        return accessible(method).invoke(entity);
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new OutboxException("The id of " + entity.getClass().getName() + " can't be read.", e);
        }
        throw new OutboxException(
                "The class " + entity.getClass().getName() + " has no field or method with @Id or @EmbeddedId:"
                        + " publish its events with aggregate type and id.");
    }

    private static boolean isId(AccessibleObject member) {
        return member.isAnnotationPresent(Id.class) || member.isAnnotationPresent(EmbeddedId.class);
    }

    private static <T extends AccessibleObject> T accessible(T member) {
        member.setAccessible(true);
        return member;
    }

    /** Everything that would make events of these entities fail later, or mix those of two kinds of aggregates. */
    static List<String> mistakes(List<Metamodel> metamodels, AggregateIds ids) {
        List<String> mistakes = new ArrayList<>();
        Map<String, Class<?>> declaring = new HashMap<>();
        for (Metamodel metamodel : metamodels) {
            for (EntityType<?> entity : inOrder(metamodel)) {
                Class<?> type = entity.getJavaType();
                Aggregate annotation = type == null ? null : type.getAnnotation(Aggregate.class);
                if (type == null || annotation == null) {
                    continue;
                }
                if (annotation.value().isBlank() || annotation.value().length() > 255) {
                    mistakes.add("@Aggregate of " + type.getName() + " must have 1 to 255 characters, not blank");
                }
                if (!Modifier.isAbstract(type.getModifiers())) {
                    mistakes.addAll(idMistakes(entity, type, ids));
                }
                Class<?> other = declaring.putIfAbsent(annotation.value(), declaring(type));
                if (other != null && !related(other, declaring(type))) {
                    mistakes.add("@Aggregate(\"" + annotation.value() + "\") is on two classes, " + other.getName()
                            + " and " + declaring(type).getName() + ", so that consumers take two entities with one id"
                            + " for one aggregate; give one of them another aggregate type, or where they are one,"
                            + " annotate a common superclass instead, such as a @MappedSuperclass");
                }
            }
        }
        return mistakes;
    }

    /** A metamodel has none. */
    private static List<EntityType<?>> inOrder(Metamodel metamodel) {
        List<EntityType<?>> entities = new ArrayList<>(metamodel.getEntities());
        entities.sort(Comparator.comparing(EntityType::getName));
        return entities;
    }

    private static List<String> idMistakes(EntityType<?> entity, Class<?> type, AggregateIds ids) {
        Class<?> id = entity.getIdType() == null ? null : entity.getIdType().getJavaType();
        if (id == null || id == type) {
            return List.of("the id of aggregate " + type.getName() + " has several attributes and no class; give it an"
                    + " @EmbeddedId or @IdClass, and say what stands for it: JpaOutbox.builder().aggregateId(...)");
        }
        if (ids.supports(id)) {
            return List.of();
        }
        return List.of("the id of aggregate " + type.getName() + " is a " + id.getName() + ", and a "
                + AggregateIds.SUPPORTED_TYPES + " by itself can be a record's key; say what stands for it: "
                + AggregateIds.line(id));
    }

    private static Class<?> declaring(Class<?> type) {
        Class<?> declaring = type;
        while (declaring.getDeclaredAnnotation(Aggregate.class) == null) {
            declaring = declaring.getSuperclass();
        }
        return declaring;
    }

    private static boolean related(Class<?> one, Class<?> other) {
        return one.isAssignableFrom(other) || other.isAssignableFrom(one);
    }
}
