package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.atMost;
import static io.expunge.engine.Require.between;
import static io.expunge.engine.Require.positive;

/**
 * How a language model is trained: AdamW, a linear rise of the step size and then a linear fall to 0.
 *
 * @param epochs passes over the first source
 * @param batchSize sequences a step, of each source
 * @param learningRate the highest step size
 * @param weightDecay λ of AdamW, spared to vectors
 * @param warmup share of the steps over which the step size rises, in [0, 1)
 * @param clip largest norm of all gradients together; 0 for no limit
 * @param partTokens most tokens whose gradients are computed at once; a step of more adds up several parts
 * @param precision of the matrix products; the weights themselves stay fp32
 */
public record TextRecipe(
        int epochs,
        int batchSize,
        double learningRate,
        double weightDecay,
        double warmup,
        double clip,
        int partTokens,
        Precision precision) {

    public TextRecipe {
        atLeast("epochs", epochs, 1);
        atMost("epochs", epochs, 10_000);
        atLeast("batchSize", batchSize, 1);
        atMost("batchSize", batchSize, 65_536);
        positive("learningRate", learningRate);
        between("weightDecay", weightDecay, 0, 1);
        between("warmup", warmup, 0, 0.999);
        between("clip", clip, 0, 1e9);
        atLeast("partTokens", partTokens, 16);
        if (precision == null) {
            throw new IllegalArgumentException("precision must be given");
        }
    }

    /** The same with another highest step size. */
    public TextRecipe withLearningRate(double rate) {
        return new TextRecipe(epochs, batchSize, rate, weightDecay, warmup, clip, partTokens, precision);
    }

    /** Step size at {@code step} of {@code steps}. */
    double rateAt(long step, long steps) {
        double position = (step + 0.5) / steps;
        return learningRate * (position < warmup ? position / warmup : (1 - position) / (1 - warmup));
    }
}
