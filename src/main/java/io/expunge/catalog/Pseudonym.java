package io.expunge.catalog;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** What stands for a person: the first 16 bytes of a keyed hash of an identifier. Equal identifiers, equal pseudonyms. */
public final class Pseudonym {

    static final int LENGTH = 16;

    private final byte[] bytes;

    private Pseudonym(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the 16 bytes of a pseudonym. */
    public static Pseudonym of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a pseudonym has " + LENGTH + " bytes");
        }
        return new Pseudonym(bytes.clone());
    }

    /** Reads what {@link #hex} wrote. */
    public static Pseudonym ofHex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** The first 8 bytes as a number, uniform over all of them. */
    long prefix() {
        return ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pseudonym that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says nothing of the person, not even the pseudonym. */
    @Override
    public String toString() {
        return "Pseudonym[…]";
    }
}
