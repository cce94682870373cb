package dev.outbox.relay.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.config.AdminConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and a certificate for localhost, made by the JDK's keytool. */
public record TestKeystore(Path file, String password) {

    /** Made anew. */
    public static TestKeystore create(Path directory) {
        Path file = directory.resolve("admin.p12");
        String password = "keystore-secret";
        run(
                "-genkeypair",
                "-alias",
                "admin",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                password);
        return new TestKeystore(file, password);
    }

    private static void run(String... arguments) {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String[] command = new String[arguments.length + 1];
        command[0] = keytool;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Path output = Files.createTempFile("keytool", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(process.waitFor()).as(() -> read(output)).isZero();
        } catch (IOException | InterruptedException e) {
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

    AdminConfig.Tls tls() {
        return new AdminConfig.Tls(file, password);
    }

    /** For a client that trusts the certificate. */
    SSLContext trusting() {
        try {
            KeyStore own = KeyStore.getInstance(file.toFile(), password.toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("admin", own.getCertificate("admin"));
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
