package io.expunge.audit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The bytes of an entry that its hash is over; every field with its length, so no two entries share them. */
final class Canonical {

    static final byte[] GENESIS = new byte[32];

    private Canonical() {}

    /** SHA-256 over the hash before and the entry's bytes. */
    static byte[] hash(byte[] before, byte[] entry) {
        var digest = Merkle.sha256();
        digest.update(before);
        return digest.digest(entry);
    }

    /** The index and every field of the entry. */
    static byte[] bytes(long index, StoredEntry entry) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeLong(index);
            out.writeLong(entry.id().getMostSignificantBits());
            out.writeLong(entry.id().getLeastSignificantBits());
            out.writeLong(entry.controller().getMostSignificantBits());
            out.writeLong(entry.controller().getLeastSignificantBits());
            out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, entry.at()));
            out.writeLong(entry.subjectId().getMostSignificantBits());
            out.writeLong(entry.subjectId().getLeastSignificantBits());
            for (var text : new String[] {entry.actor(), entry.action(), entry.subjectType(), entry.details()}) {
                var utf8 = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(utf8.length);
                out.write(utf8);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
