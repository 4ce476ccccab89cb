package io.expunge.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;

/**
 * How long the log was and what its root was, signed: C2SP's <a href="https://c2sp.org/tlog-checkpoint">checkpoint</a> in a
 * signed note. Kept outside the database it shows whether what it tells of is still there.
 *
 * @param origin which log
 * @param size entries
 * @param root of the tree of these entries, 32 bytes
 * @param note the whole text with its signatures
 */
public record Checkpoint(String origin, long size, byte[] root, String note) {

    private static final String DASH = "\u2014 ";
    private static final int MOST_CHARACTERS = 10_000;

    public Checkpoint {
        root = root.clone();
    }

    static String body(String origin, long size, byte[] root) {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    }

    static String signature(VerificationKey key, byte[] signature) {
        var bytes = ByteBuffer.allocate(VerificationKey.ID_BYTES + signature.length)
                .put(key.idBytes())
                .put(signature)
                .array();
        return DASH + key.name() + " " + Base64.getEncoder().encodeToString(bytes) + "\n";
    }

    /**
     * Reads one; its signatures are not verified yet.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Checkpoint parse(String note) {
        int end = note.indexOf("\n\n");
        var lines = note.length() > MOST_CHARACTERS || end < 0
                ? new String[0]
                : note.substring(0, end).split("\n", -1);
        if (lines.length < 3 || lines[0].isBlank()) {
            throw new IllegalArgumentException(
                    "a checkpoint has a line each for origin, size and root, and signatures");
        }
        try {
            long size = Long.parseLong(lines[1]);
            var root = Base64.getDecoder().decode(lines[2]);
            if (size < 0 || !lines[1].equals(Long.toString(size)) || root.length != 32) {
                throw new IllegalArgumentException("size or root of the checkpoint is impossible");
            }
            return new Checkpoint(lines[0], size, root, note);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the checkpoint's size is no number", e);
        }
    }

    @Override
    public byte[] root() {
        return root.clone();
    }

    /** Whether one of its signatures is this key's. */
    public boolean signedBy(VerificationKey key) {
        int end = note.indexOf("\n\n");
        var body = note.substring(0, end + 1).getBytes(StandardCharsets.UTF_8);
        return note.substring(end + 2)
                .lines()
                .filter(line -> line.startsWith(DASH + key.name() + " "))
                .anyMatch(line -> verified(key, body, line.substring((DASH + key.name() + " ").length())));
    }

    private static boolean verified(VerificationKey key, byte[] body, String base64) {
        try {
            var bytes = Base64.getDecoder().decode(base64);
            return bytes.length > VerificationKey.ID_BYTES
                    && Arrays.equals(key.idBytes(), Arrays.copyOf(bytes, VerificationKey.ID_BYTES))
                    && key.verifies(body, Arrays.copyOfRange(bytes, VerificationKey.ID_BYTES, bytes.length));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Checkpoint one && one.note.equals(note);
    }

    @Override
    public int hashCode() {
        return Objects.hash(note);
    }
}
