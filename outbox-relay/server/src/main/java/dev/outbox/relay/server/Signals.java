package dev.outbox.relay.server;

import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGTERM, SIGINT and SIGHUP into a call. Left to itself the JVM ends with 128 plus the signal's number however
 * clean the way down was; see RATIONALE.md. By reflection, since {@code sun.misc} is open to everybody and yet no API
 * that the compiler lets pass.
 */
final class Signals {

    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** From now on calls back, on a thread of the JVM's, at each of the signals. */
    static void handle(Runnable callback) {
        for (String name : List.of("TERM", "INT", "HUP")) {
            try {
                Class<?> signal = Class.forName("sun.misc.Signal");
                Class<?> handler = Class.forName("sun.misc.SignalHandler");
                Object proxy = Proxy.newProxyInstance(
                        Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                            if (method.getName().equals("handle")) {
                                callback.run();
                            }
                            return null;
                        });
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            } catch (ReflectiveOperationException e) {
                log.debug("SIG{} keeps the JVM's own handling: it ends the process at once.", name, e);
            }
        }
    }
}
