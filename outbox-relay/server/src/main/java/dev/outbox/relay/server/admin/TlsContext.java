package dev.outbox.relay.server.admin;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.AdminConfig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The key and the certificate that the relay answers with. */
final class TlsContext {

    private TlsContext() {}

    /** @throws RelayException if they can't be read */
    static SSLContext of(AdminConfig.Tls tls) {
        char[] password = tls.password().toCharArray();
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(KeyStore.getInstance(tls.keystore().toFile(), password), password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new RelayException(
                    "Expected a key store with one key at " + tls.keystore() + " (admin.tls.keystore), found: "
                            + e.getMessage() + ". Check the file and admin.tls.keystore-password.",
                    false,
                    e);
        }
    }
}
