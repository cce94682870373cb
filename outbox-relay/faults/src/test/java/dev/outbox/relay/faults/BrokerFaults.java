package dev.outbox.relay.faults;

import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What happens to the broker. */
final class BrokerFaults {

    private BrokerFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("broker: SIGKILL")
                        .inject(target -> target.broker().kill())
                        .heal(target -> target.broker().restart())
                        .build(),
                Fault.named("broker: right to write taken away")
                        .inject(target -> {
                            target.admin().createAcls(readOnly(target)).all().get();
                            target.load().awaitCommits(20);
                        })
                        .heal(target -> target.admin()
                                .deleteAcls(readOnly(target).stream()
                                        .map(AclBinding::toFilter)
                                        .toList())
                                .all()
                                .get())
                        .build());
    }

    /** Whoever it is may do anything with the load's topics but write. */
    private static List<AclBinding> readOnly(Target target) {
        return Load.TYPES.stream()
                .map(type -> new ResourcePattern(ResourceType.TOPIC, target.topic(type), PatternType.LITERAL))
                .flatMap(topic -> List.of(
                        new AclBinding(topic, entry(AclOperation.WRITE, AclPermissionType.DENY)),
                        new AclBinding(topic, entry(AclOperation.ALL, AclPermissionType.ALLOW)))
                        .stream())
                .toList();
    }

    private static AccessControlEntry entry(AclOperation operation, AclPermissionType permission) {
        return new AccessControlEntry("User:*", "*", operation, permission);
    }
}
