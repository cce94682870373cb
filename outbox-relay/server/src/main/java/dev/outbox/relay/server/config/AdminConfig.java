package dev.outbox.relay.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a relay answers to those who run it. Immutable.
 *
 * @param host the address or name to listen at
 * @param port the port, from 0 on; 0 takes any that is free
 * @param token what a request has to carry that changes anything; empty to let nobody change anything
 * @param tls the key and certificate to answer with; empty for plain HTTP
 */
public record AdminConfig(String host, int port, Optional<String> token, Optional<Tls> tls) {

    private static final String PREFIX = "relay.admin.";
    private static final String DEFAULT_HOST = "localhost";
    private static final int LARGEST_PORT = 65_535;

    /** As RFC 6750 has it, and long enough not to be guessed. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{16,200}=*");

    /**
     * A key store.
     *
     * @param keystore the file, PKCS #12 or JKS, with one key
     * @param password that of the store and of the key
     */
    public record Tls(Path keystore, String password) {

        /** Without the password. */
        @Override
        public String toString() {
            return "Tls[keystore=" + keystore + "]";
        }
    }

    /** Empty where no port is set: then nobody is listened to. */
    static Optional<AdminConfig> read(Settings settings) {
        Optional<Integer> port = settings.value(PREFIX + "port", "a port from 0 to " + LARGEST_PORT, AdminConfig::port);
        Optional<String> host = settings.text(PREFIX + "host").filter(name -> !name.isBlank());
        Optional<String> token = token(settings);
        Optional<Tls> tls = tls(settings);
        if (settings.text(PREFIX + "port").isEmpty() && (host.isPresent() || token.isPresent() || tls.isPresent())) {
            settings.missing(PREFIX + "port", "a port beside the other settings of admin, which do nothing without it");
        }
        return port.map(number -> new AdminConfig(host.orElse(DEFAULT_HOST), number, token, tls));
    }

    private static Optional<Integer> port(String text) {
        try {
            return Optional.of(Integer.valueOf(text)).filter(number -> number >= 0 && number <= LARGEST_PORT);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Never quoted, not even where it is none. */
    private static Optional<String> token(Settings settings) {
        Optional<String> token = settings.text(PREFIX + "token").filter(text -> !text.isBlank());
        if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
            settings.mistake(
                    PREFIX + "token",
                    "expected 16 to 200 letters, digits and -._~+/, found something else; openssl rand -base64 24 makes"
                            + " one");
        }
        return token;
    }

    private static Optional<Tls> tls(Settings settings) {
        String storeKey = PREFIX + "tls.keystore";
        String passwordKey = PREFIX + "tls.keystore-password";
        boolean isNamed = settings.text(storeKey).isPresent();
        Optional<Path> store = settings.value(
                storeKey,
                "a file that can be read",
                name -> Optional.of(Path.of(name)).filter(Files::isReadable));
        Optional<String> password = settings.text(passwordKey);
        if (isNamed != password.isPresent()) {
            settings.missing(
                    password.isPresent() ? storeKey : passwordKey,
                    "a key store and its password, one beside the other");
        }
        return store.flatMap(file -> password.map(secret -> new Tls(file, secret)));
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "AdminConfig[host=%s, port=%d, token=%s, tls=%s]"
                .formatted(host, port, token.isPresent() ? "set" : "none", tls);
    }
}
