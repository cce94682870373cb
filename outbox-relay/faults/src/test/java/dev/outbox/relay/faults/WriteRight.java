package dev.outbox.relay.faults;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The relay's right to write, which is taken away while it uses it: in the first round to the topics, then to the position
 * topic, then to the transactional id, and again.
 */
final class WriteRight {

    private static final int KINDS = 3;
    private static final int UNWRITABLE = 20;

    private WriteRight() {}

    /** Returns when the relay has noticed; or when one with a defect has gone past what it could not write. */
    static void takeAway(Target target) throws Exception {
        RelayProcess relay = target.relay();
        int mark = relay.mark();
        target.admin().createAcls(bindings(target)).all().get();
        target.load().awaitCommits(UNWRITABLE);
        String lsn = target.query("SELECT pg_current_wal_lsn()");
        target.await(
                "the relay to notice that it may not write",
                () -> relay.saysAfter(mark, "Grant the relay's principal") || target.isConfirmed(lsn));
    }

    static void giveBack(Target target) throws Exception {
        target.admin()
                .deleteAcls(bindings(target).stream().map(AclBinding::toFilter).toList())
                .all()
                .get();
    }

    /** Whoever it is may do anything but write. */
    private static List<AclBinding> bindings(Target target) {
        return resources(target)
                .flatMap(resource -> Stream.of(
                        binding(resource, AclOperation.WRITE, AclPermissionType.DENY),
                        binding(resource, AclOperation.ALL, AclPermissionType.ALLOW)))
                .toList();
    }

    private static Stream<ResourcePattern> resources(Target target) {
        return switch (target.round() % KINDS) {
            case 1 -> Stream.of(resource(ResourceType.TOPIC, target.positionTopic()));
            case 2 ->
                Stream.of(
                        target.exactlyOnce()
                                ? resource(ResourceType.TRANSACTIONAL_ID, target.transactionalId())
                                : resource(ResourceType.TOPIC, target.topic(Load.TYPES.get(0))));
            default -> Load.TYPES.stream().map(type -> resource(ResourceType.TOPIC, target.topic(type)));
        };
    }

    private static ResourcePattern resource(ResourceType type, String name) {
        return new ResourcePattern(type, name, PatternType.LITERAL);
    }

    private static AclBinding binding(ResourcePattern resource, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(resource, new AccessControlEntry("User:*", "*", operation, permission));
    }
}
