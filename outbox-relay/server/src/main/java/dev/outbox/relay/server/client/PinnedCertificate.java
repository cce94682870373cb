package dev.outbox.relay.server.client;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.AdminConfig;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the certificate of the configuration's own key store, and nothing else: whoever reads the configuration knows who
 * has to answer, whatever name is in the certificate and whoever has signed it.
 */
final class PinnedCertificate extends X509ExtendedTrustManager {

    private final Set<Certificate> own;

    private PinnedCertificate(Set<Certificate> own) {
        this.own = own;
    }

    /** @throws RelayException if the key store can't be read */
    static SSLContext context(AdminConfig.Tls tls) {
        try {
            KeyStore store =
                    KeyStore.getInstance(tls.keystore().toFile(), tls.password().toCharArray());
            Set<Certificate> own = new HashSet<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    own.add(store.getCertificate(alias));
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PinnedCertificate(own)}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new RelayException(
                    "Expected a key store with one key at " + tls.keystore() + " (admin.tls.keystore), found: "
                            + e.getMessage() + ". Check the file and admin.tls.keystore-password.",
                    false,
                    e);
        }
    }

    private void require(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0 || !own.contains(chain[0])) {
            throw new CertificateException("another certificate than that of admin.tls.keystore");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        require(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        require(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        require(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
