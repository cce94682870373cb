package dev.outbox.relay.faults;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The names that a class file's code calls by: as much of the format (Java Virtual Machine Specification, 4.4) as it takes
 * to have a static method of one class called in place of another's.
 */
final class ConstantPool {

    private static final int COUNT_AT = 8;
    private static final int UTF8 = 1;
    private static final int INTEGER = 3;
    private static final int FLOAT = 4;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int METHOD = 10;
    private static final int METHOD_HANDLE = 15;

    private final byte[] bytes;
    private final ByteBuffer file;
    private final int[] places;
    private final int end;

    private ConstantPool(byte[] bytes) {
        this.bytes = bytes;
        this.file = ByteBuffer.wrap(bytes);
        this.places = new int[u2(COUNT_AT)];
        int at = COUNT_AT + 2;
        for (int i = 1; i < places.length; i++) {
            places[i] = at;
            int tag = bytes[at];
            at += 1
                    + switch (tag) {
                        case UTF8 -> 2 + u2(at + 1);
                        case LONG, DOUBLE -> 8;
                        case METHOD_HANDLE -> 3;
                        case INTEGER, FLOAT, 9, METHOD, 11, 12, 17, 18 -> 4;
                        case CLASS, 8, 16, 19, 20 -> 2;
                        default -> throw new IllegalStateException("a constant of tag " + tag);
                    };
            if (tag == LONG || tag == DOUBLE) {
                i++;
            }
        }
        this.end = at;
    }

    static ConstantPool of(byte[] classFile) {
        return new ConstantPool(classFile);
    }

    /** The class file with the method of the same name and type of another class called, or null if it calls none. */
    byte @Nullable [] callInstead(String owner, String method, String otherOwner) {
        int found = method(owner, method);
        if (found == 0) {
            return null;
        }
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(changed)) {
            out.write(bytes, 0, COUNT_AT);
            out.writeShort(places.length + 2);
            out.write(bytes, COUNT_AT + 2, places[found] + 1 - COUNT_AT - 2);
            out.writeShort(places.length + 1);
            out.write(bytes, places[found] + 3, end - places[found] - 3);
            out.writeByte(UTF8);
            out.writeUTF(otherOwner);
            out.writeByte(CLASS);
            out.writeShort(places.length);
            out.write(bytes, end, bytes.length - end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return changed.toByteArray();
    }

    private int method(String owner, String name) {
        for (int i = 1; i < places.length; i++) {
            int at = places[i];
            if (at != 0
                    && bytes[at] == METHOD
                    && utf8(u2(places[u2(at + 1)] + 1)).equals(owner)
                    && utf8(u2(places[u2(at + 3)] + 1)).equals(name)) {
                return i;
            }
        }
        return 0;
    }

    private String utf8(int index) {
        int at = places[index];
        return new String(bytes, at + 3, u2(at + 1), StandardCharsets.UTF_8);
    }

    private int u2(int at) {
        return file.getShort(at) & 0xFFFF;
    }
}
