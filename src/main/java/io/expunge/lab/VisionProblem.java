package io.expunge.lab;

import io.expunge.engine.Descent;
import io.expunge.engine.Examples;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Objective;
import io.expunge.engine.Optimiser;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import io.expunge.engine.VisionTransformer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A vision transformer that has learned wrong labels by heart, and what to measure it by.
 *
 * @param train what it learned from, a tenth of it under wrong labels
 * @param others unlabelled images such as those, which it has not seen: a quarter of those that it has not
 * @param tuning what edits are chosen by
 * @param judged what they are judged by
 */
record VisionProblem(
        VisionTransformer architecture, Recipe recipe, Examples train, Examples others, Sets tuning, Sets judged) {

    /** Training records. */
    static final int RECORDS = 6_000;

    private static final int NOISY = RECORDS / 10;

    /**
     * Half of the records with wrong labels, and half of the held-out ones: those that it has not seen, without the others.
     *
     * @param wrong under the labels that were learned
     * @param right the same images under their true labels
     * @param heldOut that nothing was learned from, under their true labels
     */
    record Sets(Examples wrong, Examples right, Examples heldOut) {}

    /** What a network answers, each as a share. */
    record Score(double wrong, double right, double heldOut) {}

    /** What a network answers of records with wrong labels, each as a share. */
    record Learned(double wrong, double right) {}

    static VisionProblem of(VisionTransformer architecture, Recipe recipe, LabData data, long seed) {
        var random = new Random(seed);
        var all = Examples.concat(data.train(), data.test());
        var order = shuffled(all.size(), random);
        int others = RECORDS + (all.size() - RECORDS) / 4;
        int tuning = others + (all.size() - others) / 2;
        var truth = all.subset(Arrays.copyOf(order, RECORDS));
        var labels = truth.labels();
        for (int i = 0; i < NOISY; i++) {
            labels[i] = (labels[i] + 1 + random.nextInt(architecture.classes() - 1)) % architecture.classes();
        }
        var train = truth.relabelled(labels);
        return new VisionProblem(
                architecture,
                recipe,
                train,
                all.subset(Arrays.copyOfRange(order, RECORDS, others)),
                sets(train, truth, 0, all.subset(Arrays.copyOfRange(order, others, tuning))),
                sets(train, truth, NOISY / 2, all.subset(Arrays.copyOfRange(order, tuning, order.length))));
    }

    private static Sets sets(Examples train, Examples truth, int from, Examples heldOut) {
        var rows = IntStream.range(from, from + NOISY / 2).toArray();
        return new Sets(train.subset(rows), truth.subset(rows), heldOut);
    }

    private static int[] shuffled(int size, Random random) {
        var order = IntStream.range(0, size).toArray();
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int row = order[i];
            order[i] = order[j];
            order[j] = row;
        }
        return order;
    }

    /** Digits of 28 × 28 in patches of 7 × 7. */
    static VisionProblem digits(LabData data, long seed) {
        return of(new VisionTransformer(1, 28, 7, 96, 3, 4, 384, 1e-6, 10), learning(25), data, seed);
    }

    /** Coloured pictures of 32 × 32 in patches of 8 × 8. */
    static VisionProblem pictures(LabData data, long seed) {
        return of(new VisionTransformer(3, 32, 8, 96, 3, 4, 384, 1e-6, 10), learning(30), data, seed);
    }

    private static Recipe learning(int epochs) {
        return new Recipe(epochs, 64, 1e-3, 0, 0.1, Recipe.Schedule.COSINE, false).by(Optimiser.ADAMW);
    }

    Network trained(long seed, Monitor monitor) {
        var network = Network.initialise(architecture, seed);
        new Session(monitor)
                .descend(network, new Descent("training", recipe, seed, List.of(train), Objective::crossEntropy));
        return network;
    }

    static Score score(Network network, Sets sets) {
        var learned = learned(network, sets);
        return new Score(learned.wrong(), learned.right(), heldOut(network, sets));
    }

    static Learned learned(Network network, Sets sets) {
        var answers = answers(network, sets.wrong());
        return new Learned(share(answers, sets.wrong()), share(answers, sets.right()));
    }

    static double heldOut(Network network, Sets sets) {
        return share(answers(network, sets.heldOut()), sets.heldOut());
    }

    private static int[] answers(Network network, Examples images) {
        return Arrays.stream(network.logits(images))
                .mapToInt(logits -> IntStream.range(0, logits.length)
                        .reduce(0, (one, other) -> logits[other] > logits[one] ? other : one))
                .toArray();
    }

    private static double share(int[] answers, Examples images) {
        var labels = images.labels();
        return IntStream.range(0, labels.length)
                        .filter(i -> answers[i] == labels[i])
                        .count()
                / (double) labels.length;
    }
}
