package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Signs certificates of servers, by the JDK's keytool, and writes them as servers and clients read them. */
final class CertificateAuthority {

    static final String PASSWORD = "keystore-secret";

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path directory;
    private final Path keystore;

    private CertificateAuthority(Path directory) {
        this.directory = directory;
        this.keystore = directory.resolve("authority.p12");
    }

    /** A new one, with its files in a directory of its own. */
    static CertificateAuthority create(Path parent, String name) {
        try {
            CertificateAuthority authority = new CertificateAuthority(Files.createDirectories(parent.resolve(name)));
            authority.makePair("authority", "CN=" + name, "-ext", "bc:critical=ca:true");
            return authority;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Its own certificate as PEM, for clients that trust it. */
    Path certificate() {
        return write("authority.pem", pem("CERTIFICATE", encoded(certificates("authority")[0])));
    }

    /**
     * What a server proves itself with.
     *
     * @param certificate as PEM
     * @param key as PEM, not encrypted; nobody else may read it
     * @param keystore both, as PKCS #12, with {@link #PASSWORD}
     */
    record Identity(Path certificate, Path key, Path keystore) {}

    /** One that this authority vouches for under the name of a host, and no other. */
    Identity identityOf(String host) {
        makePair(host, "CN=" + host, "-signer", "authority", "-ext", "san=dns:" + host);
        try {
            KeyStore all = KeyStore.getInstance(keystore.toFile(), PASSWORD.toCharArray());
            var key = all.getKey(host, PASSWORD.toCharArray());
            Certificate[] chain = all.getCertificateChain(host);
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(host, key, PASSWORD.toCharArray(), chain);
            Path store = directory.resolve(host + ".p12");
            try (var out = Files.newOutputStream(store)) {
                own.store(out, PASSWORD.toCharArray());
            }
            Path pemKey = write(host + ".key", pem("PRIVATE KEY", key.getEncoded()));
            Files.setPosixFilePermissions(pemKey, PosixFilePermissions.fromString("rw-------"));
            return new Identity(write(host + ".pem", pem("CERTIFICATE", encoded(chain[0]))), pemKey, store);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void makePair(String alias, String name, String... further) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                name,
                "-keyalg",
                "EC",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keystore.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(further));
        Path output = directory.resolve(alias + ".keytool");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(process.waitFor()).as(() -> read(output)).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Certificate[] certificates(String alias) {
        try {
            return KeyStore.getInstance(keystore.toFile(), PASSWORD.toCharArray())
                    .getCertificateChain(alias);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] encoded(Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n" + LINES.encodeToString(content) + "\n-----END " + what + "-----\n";
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Path output) {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
