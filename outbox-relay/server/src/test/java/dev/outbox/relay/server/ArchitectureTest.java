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

    private static final String PACKAGES = "dev.outbox.relay.server..";

    private static final JavaClasses EVERYTHING = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.outbox");

    private static final JavaClasses SERVER = EVERYTHING.that(resideInAPackage(PACKAGES));

    @Test
    void the_server_knows_of_the_engine_its_public_package_only() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("dev.outbox.relay.*..")
                        .and(not(resideInAPackage(PACKAGES)))
                        .and(not(resideInAPackage("dev.outbox.relay.check")))
                        .and(not(JavaClass.Predicates.equivalentTo(LogSequenceNumber.class))))
                .check(SERVER);
    }

    @Test
    void only_the_server_knows_kafka() {
        noClasses()
                .that(not(resideInAPackage(PACKAGES)).and(not(resideInAPackage("dev.outbox.samples.."))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(EVERYTHING);
    }

    @Test
    void the_server_does_not_know_the_driver() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postgresql..", "java.sql..")
                .check(SERVER);
    }

    @Test
    void what_looks_after_a_relay_is_known_to_the_command_line_alone() {
        noClasses()
                .that(not(JavaClass.Predicates.equivalentTo(Main.class)))
                .and()
                .resideInAPackage("dev.outbox.relay.server")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outbox.relay.server.check",
                        "dev.outbox.relay.server.setup",
                        "dev.outbox.relay.server.replay")
                .check(SERVER);
    }

    @Test
    void http_and_metrics_are_known_in_one_package_each() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.outbox.relay.server.admin..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.net.httpserver..")
                .check(SERVER);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.outbox.relay.server.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.prometheus..")
                .check(SERVER);
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
                .check(SERVER);
        noClasses()
                .that()
                .resideInAPackage("dev.outbox.relay.server.status..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outbox.relay.server.admin..",
                        "dev.outbox.relay.server.metrics..",
                        "dev.outbox.relay.server.config..")
                .check(SERVER);
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
                .check(SERVER);
        slices().matching("dev.outbox.relay.server.(*)..")
                .should()
                .beFreeOfCycles()
                .check(SERVER);
    }
}
