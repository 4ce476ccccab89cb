package io.expunge.run;

import io.expunge.engine.Examples;
import io.expunge.engine.Logits;
import io.expunge.engine.Network;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What repetitions are asked about: forgotten records, some that stay and some held-out ones.
 *
 * @param forget how many forgotten records are among them
 * @param train places among the version's training records, the forgotten ones first
 * @param test places among its held-out records
 * @param learned the examples at {@code train}
 * @param heldOut the examples at {@code test}
 */
record ReplicaPoints(int forget, int[] train, int[] test, Examples learned, Examples heldOut) {

    /** Of each kind; more would tell little more. */
    private static final int MOST = 1_000;

    private static final float[][] NOTHING = {};

    static ReplicaPoints of(Predictions.Forgetting task, long seed) {
        var random = new Random(seed);
        var learned = task.learned();
        var forget = some(task.forget(), MOST, random);
        var train = IntStream.concat(Arrays.stream(forget), Arrays.stream(some(task.retain(), MOST, random)))
                .toArray();
        var test = some(IntStream.range(0, learned.test().size()).toArray(), MOST, random);
        return new ReplicaPoints(
                forget.length,
                train,
                test,
                learned.train().subset(train),
                learned.test().subset(test));
    }

    /** At most so many of them, drawn at random. */
    static int[] some(int[] all, int most, Random random) {
        var shuffled = all.clone();
        for (int i = 0; i < Math.min(most, shuffled.length); i++) {
            int j = i + random.nextInt(shuffled.length - i);
            int held = shuffled[i];
            shuffled[i] = shuffled[j];
            shuffled[j] = held;
        }
        return Arrays.copyOf(shuffled, Math.min(most, shuffled.length));
    }

    /** Out of what is said of every forgotten record. */
    Logits ofForgotten(float[][] rows, Predictions.Forgetting task) {
        return new Logits(
                Arrays.stream(train)
                        .limit(forget)
                        .mapToObj(place -> rows[Arrays.binarySearch(task.forget(), place)])
                        .toArray(float[][]::new),
                NOTHING);
    }

    int[] labels() {
        return learned.labels();
    }

    int[] testLabels() {
        return heldOut.labels();
    }

    Logits ask(Network network) {
        return new Logits(network.logits(learned), heldOut.size() == 0 ? NOTHING : network.logits(heldOut));
    }

    /** Out of what a network said of everything. */
    Logits of(Logits everything) {
        return new Logits(at(everything.train(), train), at(everything.test(), test));
    }

    private static float[][] at(float[][] rows, int[] places) {
        return Arrays.stream(places).mapToObj(place -> rows[place]).toArray(float[][]::new);
    }
}
