package dev.outbox.relay.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final String SERVER = "dev.outbox.relay.server..";

    private final JavaClasses server = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.outbox.relay.server");

    private final JavaClasses everything = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.outbox", "dev.outbox.relay");

    @Test
    void the_server_knows_of_the_engine_its_public_package_only() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("dev.outbox.relay.*..")
                        .and(not(resideInAPackage(SERVER)))
                        .and(not(JavaClass.Predicates.equivalentTo(LogSequenceNumber.class))))
                .check(server);
    }

    @Test
    void only_the_server_knows_kafka() {
        noClasses()
                .that(not(resideInAPackage(SERVER)).and(not(resideInAPackage("dev.outbox.samples.."))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(everything);
    }

    @Test
    void the_server_does_not_know_the_driver() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postgresql..", "java.sql..")
                .check(server);
    }

    @Test
    void http_and_metrics_are_known_in_one_package_each() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.outbox.relay.server.admin..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.net.httpserver..")
                .check(server);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.outbox.relay.server.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.prometheus..")
                .check(server);
    }

    @Test
    void those_who_only_look_know_neither_kafka_nor_the_streams_themselves() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.outbox.relay.server.admin..",
                        "dev.outbox.relay.server.metrics..",
                        "dev.outbox.relay.server.status..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.outbox.relay.server", "org.apache.kafka..")
                .check(server);
        noClasses()
                .that()
                .resideInAPackage("dev.outbox.relay.server.status..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outbox.relay.server.admin..",
                        "dev.outbox.relay.server.metrics..",
                        "dev.outbox.relay.server.config..")
                .check(server);
    }

    @Test
    void the_configuration_does_not_know_who_uses_it() {
        noClasses()
                .that()
                .resideInAPackage("dev.outbox.relay.server.config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.outbox.relay.server")
                .check(server);
        slices().matching("dev.outbox.relay.server.(*)..")
                .should()
                .beFreeOfCycles()
                .check(server);
    }
}
