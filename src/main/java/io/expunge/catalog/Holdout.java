package io.expunge.catalog;

/**
 * Which records of a data set are held out for testing. The answer depends on the lineage's seed and on the person (or,
 * where no person is known, the place) alone: all records of a person fall on the same side, and a child version holds
 * out what its parent did.
 */
record Holdout(long seed, double fraction) {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** @param subject first bytes of the person's pseudonym; 0 where no person is known */
    boolean holds(long subject, int ordinal) {
        if (fraction <= 0) {
            return false;
        }
        long mixed = mix(mix(seed + GOLDEN) ^ (subject == 0 ? ordinal + GOLDEN : subject));
        return (mixed >>> 11) * 0x1p-53 < fraction;
    }

    /** Finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
