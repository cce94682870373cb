package dev.outbox.jpa;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** The arrows of this module. */
class ArchitectureTest {

    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.outbox.jpa");

    @Test
    void the_module_stands_on_the_core_jakarta_persistence_hibernate_opentelemetry_and_the_jdk_alone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outbox",
                        "dev.outbox.jpa..",
                        "jakarta.persistence..",
                        "jakarta.transaction..",
                        "org.hibernate..",
                        "io.opentelemetry..",
                        "org.jspecify.annotations",
                        "java..",
                        "javax.sql..")
                .check(MODULE);
    }

    @Test
    void hibernate_is_known_to_three_classes() {
        noClasses()
                .that(DescribedPredicate.describe(
                        "are not one of the three",
                        javaClass -> !outermost(javaClass).isEquivalentTo(HibernateTransaction.class)
                                && !outermost(javaClass).isEquivalentTo(HibernateHarvest.class)
                                && !outermost(javaClass).isEquivalentTo(DeletingSession.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.hibernate..")
                .check(MODULE);
    }

    @Test
    void an_inbox_on_plain_jdbc_and_the_schema_need_neither_jakarta_persistence_nor_hibernate() {
        noClasses()
                .that()
                .haveFullyQualifiedName(JdbcInbox.class.getName())
                .or()
                .haveFullyQualifiedName(OutboxSchema.class.getName())
                .should()
                .transitivelyDependOnClassesThat()
                .resideInAnyPackage("jakarta..", "org.hibernate..")
                .check(MODULE);
    }

    @Test
    void opentelemetry_is_known_to_one_class() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(OpenTelemetryHeaders.class.getName())
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(MODULE);
    }

    @Test
    void only_what_an_application_needs_is_public() {
        classes()
                .that()
                .haveModifier(JavaModifier.PUBLIC)
                .should()
                .haveFullyQualifiedName(Outbox.class.getName())
                .orShould()
                .haveFullyQualifiedName(HeaderContributor.class.getName())
                .orShould()
                .haveFullyQualifiedName(JpaOutbox.class.getName())
                .orShould()
                .haveFullyQualifiedName(JpaOutbox.Builder.class.getName())
                .orShould()
                .haveFullyQualifiedName(OutboxSchema.class.getName())
                .orShould()
                .haveFullyQualifiedName(SchemaFile.class.getName())
                .orShould()
                .haveFullyQualifiedName(Inbox.class.getName())
                .orShould()
                .haveFullyQualifiedName(Inbox.Handler.class.getName())
                .orShould()
                .haveFullyQualifiedName(InboxTable.class.getName())
                .orShould()
                .haveFullyQualifiedName(JpaInbox.class.getName())
                .orShould()
                .haveFullyQualifiedName(JdbcInbox.class.getName())
                .orShould()
                .haveFullyQualifiedName(Retention.class.getName())
                .orShould()
                // Found by Hibernate with ServiceLoader, which asks for a public class.
                .haveFullyQualifiedName(HibernateHarvest.class.getName())
                .check(MODULE);
    }

    @Test
    void classes_are_free_of_cycles() {
        SlicesRuleDefinition.slices()
                .assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                        return SliceIdentifier.of(outermost(javaClass).getName());
                    }

                    @Override
                    public String getDescription() {
                        return "outermost classes";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(MODULE);
    }

    private static JavaClass outermost(JavaClass javaClass) {
        return javaClass.getEnclosingClass().map(ArchitectureTest::outermost).orElse(javaClass);
    }
}
