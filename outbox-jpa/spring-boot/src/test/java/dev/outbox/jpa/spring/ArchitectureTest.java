package dev.outbox.jpa.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The arrows of this module, and what it shows to an application. */
class ArchitectureTest {

    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.outbox.jpa.spring");

    @Test
    void only_the_auto_configuration_and_what_an_application_implements_is_public() {
        classes()
                .that()
                .haveModifier(JavaModifier.PUBLIC)
                .should()
                .haveFullyQualifiedName(OutboxAutoConfiguration.class.getName())
                .orShould()
                .haveFullyQualifiedName(JpaOutboxCustomizer.class.getName())
                .check(MODULE);
    }

    @Test
    void it_wires_and_leaves_the_work_to_the_library() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.hibernate..", "org.postgresql..")
                .check(MODULE);
    }

    @Test
    void every_property_is_described_for_editors() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                OutboxAutoConfiguration.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            JsonNode properties = new JsonMapper().readTree(in).get("properties");
            assertThat(properties)
                    .hasSize(OutboxProperties.class.getRecordComponents().length)
                    .allSatisfy(property ->
                            assertThat(property.path("description").asString()).isNotBlank());
        }
    }
}
