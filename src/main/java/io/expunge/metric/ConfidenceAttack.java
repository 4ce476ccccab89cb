package io.expunge.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import libsvm.svm_parameter;
import libsvm.svm_problem;

/**
 * The confidence attack of Jia et al. 2023, <a href="https://arxiv.org/abs/2304.04934">paper</a>: a support vector
 * machine (C = 3, RBF kernel with γ = 1) learns from the label's probability alone to tell retained records from test
 * records, and is then asked about the forgotten ones. Both sides are drawn at random and equally many; a test record of
 * a class that no retained record has is left out, or the attack would learn the class.
 */
public final class ConfidenceAttack {

    /** Training takes time with the square of the records; drawn at random where there are more. */
    private static final int MOST = 500;

    private static final double PENALTY = 3;

    static {
        svm.svm_set_print_string_function(line -> {});
    }

    private final svm_model model;

    private ConfidenceAttack(svm_model model) {
        this.model = model;
    }

    /**
     * Learns from one network's outputs.
     *
     * @param retain outputs on records that the network learned from
     * @param test outputs of the same network on records it never saw
     * @param seed of the draw
     * @throws IllegalArgumentException if either side is empty
     */
    public static ConfidenceAttack train(Outputs retain, Outputs test, long seed) {
        var known = Arrays.stream(retain.labels()).distinct().sorted().toArray();
        var labels = test.labels();
        var outside = Rows.where(labels.length, i -> Arrays.binarySearch(known, labels[i]) >= 0);
        int each = Math.min(MOST, Math.min(retain.size(), outside.length));
        if (each == 0) {
            throw new IllegalArgumentException("the confidence attack needs retained and test records of one class");
        }
        var random = new SplittableRandom(seed);
        var members = draw(retain.confidences(), Rows.range(retain.size()), each, random);
        var others = draw(test.confidences(), outside, each, random);
        var problem = new svm_problem();
        problem.l = 2 * each;
        problem.x = new svm_node[2 * each][];
        problem.y = new double[2 * each];
        for (int i = 0; i < each; i++) {
            problem.x[i] = node(members[i]);
            problem.y[i] = 1;
            problem.x[each + i] = node(others[i]);
            problem.y[each + i] = -1;
        }
        return new ConfidenceAttack(svm.svm_train(problem, parameters()));
    }

    /** 1 where a record is taken for one the network never saw; else 0. */
    public double[] nonMembers(Outputs outputs) {
        return Arrays.stream(outputs.confidences())
                .map(confidence -> svm.svm_predict(model, node(confidence)) < 0 ? 1 : 0)
                .toArray();
    }

    /** MIA-efficacy: the share of {@code forget} taken for records that the network never saw. */
    public double efficacy(Outputs forget) {
        return Moments.mean(nonMembers(forget));
    }

    private static double[] draw(double[] values, int[] rows, int count, SplittableRandom random) {
        return Arrays.stream(Rows.sample(rows, count, random))
                .mapToDouble(row -> values[row])
                .toArray();
    }

    private static svm_node[] node(double value) {
        var node = new svm_node();
        node.index = 1;
        node.value = value;
        return new svm_node[] {node};
    }

    private static svm_parameter parameters() {
        var parameters = new svm_parameter();
        parameters.svm_type = svm_parameter.C_SVC;
        parameters.kernel_type = svm_parameter.RBF;
        parameters.gamma = 1;
        parameters.C = PENALTY;
        parameters.cache_size = 64;
        parameters.eps = 1e-3;
        parameters.shrinking = 1;
        return parameters;
    }
}
