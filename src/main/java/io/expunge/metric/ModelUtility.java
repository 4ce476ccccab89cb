package io.expunge.metric;

import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What a language model still can do after an edit, in one number: the harmonic mean of several scores. */
public final class ModelUtility {

    private ModelUtility() {}

    /**
     * What a model knows of one set of questions, each part in [0, 1].
     *
     * @param probability mean {@link AnswerProbability}, among options where the set has some
     * @param recall mean {@link RougeL} recall
     * @param truthRatio {@link TruthRatio#kept}
     */
    public record Knowledge(double probability, double recall, double truthRatio) {

        public Knowledge {
            Require.between("probability", probability, 0, 1);
            Require.between("recall", recall, 0, 1);
            Require.between("truthRatio", truthRatio, 0, 1);
        }
    }

    /**
     * TOFU's model utility (Maini et al. 2024, <a href="https://arxiv.org/abs/2401.06121">paper</a> §2.2): the harmonic
     * mean of nine numbers where retain set, real authors and world facts are given, of three where one set is.
     *
     * @return in [0, 1]
     * @throws IllegalArgumentException if no set is given
     */
    public static double of(Knowledge... sets) {
        return harmonicMean(Stream.of(sets)
                .flatMapToDouble(set -> DoubleStream.of(set.probability(), set.recall(), set.truthRatio()))
                .toArray());
    }

    /**
     * <pre>n / Σ_i 1/s_i</pre>
     *
     * @param scores not negative, shape (n)
     * @return 0 if any score is 0
     * @throws IllegalArgumentException if there is no score, or one is negative or not finite
     */
    public static double harmonicMean(double... scores) {
        Require.within("scores", scores, 0, Double.MAX_VALUE);
        return scores.length / DoubleStream.of(scores).map(score -> 1 / score).sum();
    }
}
