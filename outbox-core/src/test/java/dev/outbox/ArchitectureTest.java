package dev.outbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.outbox");

    @Test
    void the_contract_knows_the_jdk_and_two_small_libraries() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "dev.outbox",
                        "org.jspecify..",
                        "com.github.f4b6a3.uuid..",
                        "tools.jackson..",
                        // One annotation on DomainEvents, which the JVM ignores where Jackson is not.
                        "com.fasterxml.jackson.annotation")
                .check(CORE);
    }

    @Test
    void jackson_is_optional_so_one_class_alone_knows_it() {
        noClasses()
                .that()
                .doNotHaveSimpleName("JacksonEventSerializer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..")
                .check(CORE);
        noClasses()
                .that()
                .doNotHaveSimpleName("DomainEvents")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson.annotation")
                .check(CORE);
    }
}
