package dev.outbox.relay;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses ENGINE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.outbox.relay");

    @Test
    void dependencies_run_one_way() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("engine")
                .definedBy("dev.outbox.relay")
                .layer("replication")
                .definedBy("dev.outbox.relay.replication")
                .layer("route")
                .definedBy("dev.outbox.relay.route")
                .layer("pgoutput")
                .definedBy("dev.outbox.relay.pgoutput")
                .layer("check")
                .definedBy("dev.outbox.relay.check")
                .whereLayer("engine")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("replication")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("route")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("pgoutput")
                .mayOnlyBeAccessedByLayers("engine", "replication")
                .whereLayer("check")
                .mayOnlyBeAccessedByLayers("engine", "replication")
                .check(ENGINE);
    }

    @Test
    void there_is_no_cycle() {
        slices().matching("dev.outbox.relay.(**)").should().beFreeOfCycles().check(ENGINE);
    }

    @Test
    void pgjdbc_is_known_in_one_package_only() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.outbox.relay.replication")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postgresql..", "java.sql..", "javax.sql..")
                .check(ENGINE);
    }

    @Test
    void the_engine_knows_neither_kafka_nor_the_write_side_nor_its_hosts() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "jakarta.persistence..",
                        "org.hibernate..",
                        "dev.outbox.jpa..",
                        "dev.outbox.relay.server..",
                        "dev.outbox.relay.connect..")
                .check(ENGINE);
    }

    @Test
    void decoding_routing_and_findings_know_the_jdk_only() {
        String[] packages = {"dev.outbox.relay.pgoutput", "dev.outbox.relay.route", "dev.outbox.relay.check"};
        classes()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("java..", "org.jspecify..").or(resideInAnyPackage(packages)))
                .check(ENGINE);
    }
}
