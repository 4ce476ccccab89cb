package io.expunge.metric;

import java.util.List;
import java.util.Random;

/**
 * Networks as a model of networks: records differ in difficulty, every network adds noise of its own, and one that
 * learned a record is surer of it where it is hard.
 */
final class SyntheticNetworks {

    private static final int CLASSES = 4;
    private static final double HARD = 2;

    private final double[] forgetDifficulty;
    private final double[] testDifficulty;
    private final long seed;
    private final double forgetNoise;

    SyntheticNetworks(int forgotten, int tested, long seed) {
        this(forgotten, tested, seed, 1);
    }

    private SyntheticNetworks(int forgotten, int tested, long seed, double forgetNoise) {
        this.seed = seed;
        this.forgetNoise = forgetNoise;
        this.forgetDifficulty = difficulties(forgotten, seed + 1);
        this.testDifficulty = difficulties(tested, seed + 2);
    }

    /** Networks that never saw the forgotten records disagree on them, as they do on records unlike all others. */
    static SyntheticNetworks ofUnusualRecords(int forgotten, int tested, long seed) {
        return new SyntheticNetworks(forgotten, tested, seed, 6);
    }

    Answers retrained(long network) {
        return answers(network, 0);
    }

    Answers memorised(long network) {
        return answers(network, 3);
    }

    static Answers scaled(Answers answers, float factor) {
        return new Answers(
                scaled(answers.forget(), factor),
                scaled(answers.retain(), factor),
                scaled(answers.test(), factor),
                answers.forgetFeatures(),
                answers.testFeatures(),
                List.of());
    }

    private static Outputs scaled(Outputs outputs, float factor) {
        var logits = new float[outputs.size()][CLASSES];
        var margins = outputs.margins();
        for (int i = 0; i < logits.length; i++) {
            logits[i][outputs.labels()[i]] = (float) (factor * margins[i] + Math.log(CLASSES - 1));
        }
        return new Outputs(logits, outputs.labels());
    }

    private Answers answers(long network, double memory) {
        var random = new Random(seed * 1000 + network);
        return new Answers(
                outputs(forgetDifficulty, memory, memory > 0 ? 1 : forgetNoise, random),
                outputs(difficulties(2000, seed + 3), 3, 1, random),
                outputs(testDifficulty, 0, 1, random),
                features(forgetDifficulty.length, random),
                features(testDifficulty.length, random),
                List.of());
    }

    private static double[] difficulties(int count, long seed) {
        var random = new Random(seed);
        return random.doubles(count).map(u -> 8 + 3 * Math.log(u)).toArray();
    }

    private static Outputs outputs(double[] margins, double memory, double noise, Random random) {
        var logits = new float[margins.length][CLASSES];
        var labels = new int[margins.length];
        for (int i = 0; i < margins.length; i++) {
            labels[i] = i % CLASSES;
            double learned = margins[i] < HARD ? memory : 0;
            double margin = margins[i] + learned + noise * random.nextGaussian();
            logits[i][labels[i]] = (float) (margin + Math.log(CLASSES - 1));
        }
        return new Outputs(logits, labels);
    }

    private static Features features(int count, Random random) {
        var rows = new float[count][8];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < 8; j++) {
                rows[i][j] = (float) (random.nextGaussian() + (j == i % CLASSES ? 3 : 0));
            }
        }
        return new Features(rows);
    }
}
