package dev.outbox.relay.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Strict UTF-8: what isn't UTF-8 must not become a string with replacement characters in it. */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * The string, or null if the bytes are not UTF-8.
     *
     * <p>The JDK's lenient decoder is intrinsic and fast, and marks every fault with U+FFFD. Only where that character
     * comes out does the strict decoder have to tell a fault from a U+FFFD that was sent.
     */
    static @Nullable String decode(byte[] array, int offset, int length) {
        String text = new String(array, offset, length, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 || isStrict(array, offset, length) ? text : null;
    }

    private static boolean isStrict(byte[] array, int offset, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(array, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
