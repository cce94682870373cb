package dev.outbox.jpa;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's table of what this module runs with is what it is tested with. Runs in every module of the table. */
class WhereItRunsTest {

    private static final Path HERE = Path.of("").toAbsolutePath();

    private static final Path OUTBOX_JPA = outboxJpa();

    /** What the table names, with the property of its version and a class of it. */
    private enum Part {
        HIBERNATE("Hibernate ORM", "hibernate.version", "org.hibernate.Session"),
        JAKARTA_PERSISTENCE("Jakarta Persistence", "jakarta.persistence.version", "jakarta.persistence.EntityManager"),
        ECLIPSELINK("EclipseLink", "eclipselink.version", "org.eclipse.persistence.jpa.JpaEntityManager"),
        NARAYANA("Narayana", "narayana.version", "com.arjuna.ats.jta.TransactionManager"),
        AGROAL("Agroal", "agroal.version", "io.agroal.api.AgroalDataSource"),
        SPRING_BOOT("Spring Boot", "spring-boot.version", "org.springframework.boot.SpringApplication");

        private final String title;
        private final String property;
        private final String type;

        Part(String title, String property, String type) {
            this.title = title;
            this.property = property;
            this.type = type;
        }
    }

    @Test
    void the_row_of_the_module_that_runs_names_what_is_on_its_classpath() throws Exception {
        Map<String, String> onClasspath = new TreeMap<>();
        for (Part part : Part.values()) {
            if (getClass().getClassLoader().getResource(part.type.replace('.', '/') + ".class") != null) {
                onClasspath.put(part.title, versionOfJarWith(Class.forName(part.type)));
            }
        }
        assertThat(rows().get(OUTBOX_JPA.relativize(HERE).toString())).isEqualTo(onClasspath);
    }

    @Test
    void each_row_is_a_module_and_names_the_versions_of_its_pom() throws IOException {
        Map<String, String> inherited = versions(OUTBOX_JPA.resolveSibling("pom.xml"));
        for (Map.Entry<String, Map<String, String>> row : rows().entrySet()) {
            Map<String, String> properties = new LinkedHashMap<>(inherited);
            properties.putAll(versions(OUTBOX_JPA.resolve(row.getKey()).resolve("pom.xml")));
            Map<String, String> expected = row.getValue().keySet().stream()
                    .collect(toMap(title -> title, title -> String.valueOf(properties.get(property(title)))));
            assertThat(row.getValue()).as(row.getKey()).isEqualTo(expected);
        }
    }

    @Test
    void each_module_of_the_profile_is_a_row() throws IOException {
        List<String> modules = Pattern.compile("<module>(.+?)</module>")
                .matcher(Files.readString(OUTBOX_JPA.resolve("compat/pom.xml")))
                .results()
                .map(module -> "compat/" + module.group(1))
                .toList();
        assertThat(rows().keySet())
                .containsAll(modules)
                .contains("", "spring-boot")
                .hasSize(modules.size() + 2);
    }

    private static Path outboxJpa() {
        for (Path directory = HERE; directory != null; directory = directory.getParent()) {
            if (directory.endsWith("outbox-jpa")) {
                return directory;
            }
        }
        throw new IllegalStateException("not below outbox-jpa: " + HERE);
    }

    /** The versions that each row of the table names, by module. */
    private static Map<String, Map<String, String>> rows() throws IOException {
        String readme = Files.readString(OUTBOX_JPA.resolve("README.md"));
        String section = readme.substring(readme.indexOf("## Where it runs")).replaceFirst("(?s)\n## .*", "");
        Map<String, Map<String, String>> rows = new LinkedHashMap<>();
        Matcher row =
                Pattern.compile("(?m)^\\| \\[.+?]\\((.+?)\\) \\| (.+?) \\|").matcher(section);
        while (row.find()) {
            Map<String, String> versions = new TreeMap<>();
            for (String named : row.group(2).split(", ", -1)) {
                int space = named.lastIndexOf(' ');
                versions.put(named.substring(0, space), named.substring(space + 1));
            }
            rows.put(row.group(1).equals(".") ? "" : row.group(1), versions);
        }
        return rows;
    }

    private static Map<String, String> versions(Path pom) throws IOException {
        return Pattern.compile("<([a-z.-]+\\.version)>(.+?)</\\1>")
                .matcher(Files.readString(pom))
                .results()
                .collect(toMap(property -> property.group(1), (MatchResult property) -> property.group(2)));
    }

    private static String property(String title) {
        for (Part part : Part.values()) {
            if (part.title.equals(title)) {
                return part.property;
            }
        }
        throw new AssertionError("the table names '" + title + "', which no test looks for");
    }

    /** Of {@code hibernate-core-7.4.6.Final.jar} all behind the name. */
    private static String versionOfJarWith(Class<?> type) throws URISyntaxException {
        String jar = Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .getFileName()
                .toString();
        Matcher version = Pattern.compile("-(\\d.*)\\.jar").matcher(jar);
        assertThat(version.find()).as(jar).isTrue();
        return version.group(1);
    }
}
