package io.expunge.engine;

/** Derives independent seeds from one. */
public final class Seeds {

    private Seeds() {}

    /** A seed for draw number {@code index} under {@code seed}: the finaliser of SplitMix64 over both. */
    public static long derive(long seed, long index) {
        long z = seed + 0x9E3779B97F4A7C15L * (index + 1);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
