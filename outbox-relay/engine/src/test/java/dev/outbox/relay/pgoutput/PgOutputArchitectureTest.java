package dev.outbox.relay.pgoutput;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class PgOutputArchitectureTest {

    private static final JavaClasses PGOUTPUT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.outbox.relay.pgoutput");

    @Test
    void the_protocol_depends_on_the_jdk_alone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.outbox.relay.pgoutput", "java..", "org.jspecify.annotations")
                .check(PGOUTPUT);
    }

    @Test
    void the_decoder_keeps_no_state() {
        noFields()
                .that()
                .areDeclaredIn(PgOutputDecoder.class)
                .should()
                .notHaveModifier(JavaModifier.STATIC)
                .check(PGOUTPUT);
    }
}
