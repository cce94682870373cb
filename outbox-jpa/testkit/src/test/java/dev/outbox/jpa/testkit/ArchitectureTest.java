package dev.outbox.jpa.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of this module. */
class ArchitectureTest {

    @Test
    void the_module_stands_on_the_write_side_assertj_and_the_jdk_alone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outbox",
                        "dev.outbox.jpa",
                        "dev.outbox.jpa.testkit",
                        "org.assertj.core.api",
                        "org.assertj.core.description",
                        "org.jspecify.annotations",
                        "java..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.outbox.jpa.testkit"));
    }
}
