package io.expunge.run;

import io.expunge.engine.Seeds;
import io.expunge.influence.HalfDraw;
import java.util.stream.IntStream;

/**
 * What each member of an ensemble learns from, and under which seed: the same for a member however many others there are.
 *
 * @param size how many records the version learned from
 * @param excluded rows of them that no member learns from, ascending
 */
record EnsembleParts(EnsembleKind kind, long seed, int size, int[] excluded) {

    private static final int PART = 0;
    private static final int WEIGHTS = 1;

    /** Rows of the version's training records that a member learns from, ascending. */
    int[] rows(int member) {
        if (kind == EnsembleKind.HALVES) {
            return HalfDraw.rows(size, derived(PART, member));
        }
        var out = new boolean[size];
        for (int row : excluded) {
            out[row] = true;
        }
        return IntStream.range(0, size).filter(row -> !out[row]).toArray();
    }

    /** The seed of a member's weights and of the order of its examples. */
    long seed(int member) {
        return derived(WEIGHTS, member);
    }

    private long derived(int use, int member) {
        return Seeds.derive(Seeds.derive(Seeds.derive(seed, kind.stream()), use), member);
    }
}
