package io.expunge.influence;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Random halves of rows, the parts that datamodels are estimated from (Ilyas et al. 2022, with α = 1/2). */
public final class HalfDraw {

    private HalfDraw() {}

    /**
     * Half of the rows {@code 0 … size − 1}, rounded down, in their order; the same seed draws the same.
     *
     * @param size how many rows there are, at least 0
     */
    public static int[] rows(int size, long seed) {
        var random = new SplittableRandom(seed);
        var rows = new int[size];
        Arrays.setAll(rows, i -> i);
        int half = size / 2;
        for (int i = 0; i < half; i++) {
            int other = i + random.nextInt(size - i);
            int row = rows[i];
            rows[i] = rows[other];
            rows[other] = row;
        }
        return Arrays.stream(rows, 0, half).sorted().toArray();
    }
}
