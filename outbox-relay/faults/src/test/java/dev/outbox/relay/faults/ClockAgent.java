package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Gives a relay's JVM another wall clock: every call of {@code System.currentTimeMillis()} outside of the JDK, Kafka's
 * clients and the PostgreSQL driver among them, goes to {@link JumpingClock}.
 */
public final class ClockAgent {

    private static final List<Class<?>> CLASSES =
            List.of(ClockAgent.class, Transformer.class, JumpingClock.class, Threads.class, ConstantPool.class);

    private ClockAgent() {}

    /** Called by the JVM before the relay starts; {@code file} is what the clock follows. */
    public static void premain(String file, Instrumentation instrumentation) {
        JumpingClock.follow(Path.of(file));
        instrumentation.addTransformer(new Transformer());
    }

    private static final class Transformer implements ClassFileTransformer {

        @Override
        public byte @Nullable [] transform(
                ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
            return loader == null || name.startsWith("dev/outbox/relay/faults/")
                    ? null
                    : ConstantPool.of(bytes)
                            .callInstead(
                                    "java/lang/System",
                                    "currentTimeMillis",
                                    JumpingClock.class.getName().replace('.', '/'));
        }
    }

    /** Writes the jar that a JVM takes as {@code -javaagent}. */
    static Path jar(Path directory) {
        Path jar = directory.resolve("clock.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", ClockAgent.class.getName());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> one : CLASSES) {
                String entry = one.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(entry));
                try (InputStream in = ClockAgent.class.getResourceAsStream("/" + entry)) {
                    in.transferTo(out);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }
}
