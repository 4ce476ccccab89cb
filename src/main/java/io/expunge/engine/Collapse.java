package io.expunge.engine;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Notices a network that answers the same to everything. */
public final class Collapse {

    private static final int SAMPLE = 2_000;

    private Collapse() {}

    /**
     * Passes when the network tells examples apart.
     *
     * @param examples of at least two labels, else nothing can be said and it passes
     * @throws Diverged if every one of them gets the same answer
     */
    public static void check(Network network, Examples examples) {
        int stride = Math.max(1, examples.size() / SAMPLE);
        var rows = IntStream.range(0, examples.size())
                .filter(row -> row % stride == 0)
                .toArray();
        var sample = examples.subset(rows);
        if (Arrays.stream(sample.labels()).distinct().count() < 2) {
            return;
        }
        long answers = Arrays.stream(network.logits(sample))
                .mapToInt(Collapse::best)
                .distinct()
                .count();
        if (answers < 2) {
            throw new Diverged("the network has collapsed: it gives one answer to all of " + rows.length
                    + " examples of different labels");
        }
    }

    private static int best(float[] logits) {
        return IntStream.range(0, logits.length)
                .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                .orElse(-1);
    }
}
