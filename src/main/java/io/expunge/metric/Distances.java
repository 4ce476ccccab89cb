package io.expunge.metric;

import java.util.List;

/** How far apart two networks' answers to the same records are. */
final class Distances {

    /** Below this mean distance two networks count as alike, and nothing is measured in units of it. */
    static final double LEAST = 1e-9;

    private Distances() {}

    /**
     * Hellinger distances √(1 − Σ_j √(p_j q_j)) of the softmax answers by record, shape (n), each in [0, 1]: unlike the
     * total variation it does not vanish where both networks are nearly certain.
     */
    static double[] hellinger(Outputs a, Outputs b) {
        var first = a.probabilities();
        var second = b.probabilities();
        var distances = new double[first.length];
        for (int i = 0; i < distances.length; i++) {
            double squares = 0;
            for (int j = 0; j < first[i].length; j++) {
                double step = Math.sqrt(first[i][j]) - Math.sqrt(second[i][j]);
                squares += step * step;
            }
            distances[i] = Math.sqrt(squares / 2);
        }
        return distances;
    }

    /** Mean distance to several networks, by record. */
    static double[] mean(Outputs one, List<Outputs> others) {
        return Moments.average(
                others.stream().map(other -> hellinger(one, other)).toList());
    }
}
