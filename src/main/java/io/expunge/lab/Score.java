package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Network;
import io.expunge.metric.ConfidenceAttack;
import io.expunge.metric.Outputs;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The four measures of Jia et al. 2023, <a href="https://arxiv.org/abs/2304.04934">paper</a>, in per cent.
 *
 * @param unlearning share of the forget set that is classified wrongly (UA)
 * @param attack share of the forget set that the confidence attack takes for records never seen (MIA-efficacy)
 * @param retain accuracy on the retain set (RA)
 * @param test accuracy on records never seen (TA)
 */
record Score(double unlearning, double attack, double retain, double test) {

    private static final double PERCENT = 100;

    /** Of a network that answers with numbers that are not finite: it knows nothing and everything looks unseen to it. */
    private static final Score DESTROYED = new Score(PERCENT, PERCENT, 0, 0);

    /**
     * Asks a network.
     *
     * @param outside records never seen; where the forget set is a whole class, without it
     * @param seed of the attack's draw
     */
    static Score of(Network network, Examples forget, Examples retain, Examples outside, long seed) {
        var logits = Stream.of(forget, retain, outside).map(network::logits).toList();
        if (!logits.stream().allMatch(Score::finite)) {
            return DESTROYED;
        }
        var forgotten = new Outputs(logits.get(0), forget.labels());
        var retained = new Outputs(logits.get(1), retain.labels());
        var unseen = new Outputs(logits.get(2), outside.labels());
        var attack = ConfidenceAttack.train(retained, unseen, seed);
        return new Score(
                PERCENT * forgotten.unlearningAccuracy(),
                PERCENT * attack.efficacy(forgotten),
                PERCENT * retained.accuracy(),
                PERCENT * unseen.accuracy());
    }

    private static boolean finite(float[][] logits) {
        return Arrays.stream(logits)
                .allMatch(row -> IntStream.range(0, row.length).allMatch(i -> Float.isFinite(row[i])));
    }

    /** Mean absolute difference of the four measures, in points. */
    double gap(Score other) {
        return (Math.abs(unlearning - other.unlearning)
                        + Math.abs(attack - other.attack)
                        + Math.abs(retain - other.retain)
                        + Math.abs(test - other.test))
                / 4;
    }
}
