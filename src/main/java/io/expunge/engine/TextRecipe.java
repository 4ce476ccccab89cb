package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.atMost;
import static io.expunge.engine.Require.between;
import static io.expunge.engine.Require.positive;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How a language model is trained: a linear rise of the step size and then a linear fall to 0.
 *
 * @param epochs passes over the first source
 * @param batchSize sequences a step, of each source
 * @param learningRate the highest step size
 * @param weightDecay λ of AdamW or of SGD, spared to vectors
 * @param warmup share of the steps over which the step size rises, in [0, 1)
 * @param clip largest norm of all gradients together; 0 for no limit
 * @param partTokens most tokens whose gradients are computed at once; a step of more adds up several parts
 * @param precision of the matrix products; the weights themselves stay fp32
 * @param optimiser AdamW where none is given
 * @param momentum μ of SGD in [0, 1), 0.9 where none is given; of no effect on AdamW
 * @param activations kept where nothing is given
 * @param lowRank adapters that are trained in place of the weights and then added to them; none to train the weights
 */
public record TextRecipe(
        int epochs,
        int batchSize,
        double learningRate,
        double weightDecay,
        double warmup,
        double clip,
        int partTokens,
        Precision precision,
        @JsonProperty(isRequired = OptBoolean.FALSE) Optimiser optimiser,
        @JsonProperty(isRequired = OptBoolean.FALSE) Double momentum,
        @JsonProperty(isRequired = OptBoolean.FALSE) Activations activations,
        @Nullable LowRank lowRank) {

    private static final double MOMENTUM = 0.9;

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
        optimiser = optimiser == null ? Optimiser.ADAMW : optimiser;
        momentum = momentum == null ? MOMENTUM : momentum;
        between("momentum", momentum, 0, 0.9999);
        activations = activations == null ? Activations.KEPT : activations;
    }

    /** AdamW on all weights, with everything kept between forwards and back. */
    public TextRecipe(
            int epochs,
            int batchSize,
            double learningRate,
            double weightDecay,
            double warmup,
            double clip,
            int partTokens,
            Precision precision) {
        this(
                epochs,
                batchSize,
                learningRate,
                weightDecay,
                warmup,
                clip,
                partTokens,
                precision,
                Optimiser.ADAMW,
                MOMENTUM,
                Activations.KEPT,
                null);
    }

    /** The same with other options. */
    public TextRecipe with(
            Optimiser otherOptimiser, double otherMomentum, Activations otherActivations, @Nullable LowRank adapters) {
        return new TextRecipe(
                epochs,
                batchSize,
                learningRate,
                weightDecay,
                warmup,
                clip,
                partTokens,
                precision,
                otherOptimiser,
                otherMomentum,
                otherActivations,
                adapters);
    }

    /** The same with another highest step size. */
    public TextRecipe withLearningRate(double rate) {
        return new TextRecipe(
                epochs,
                batchSize,
                rate,
                weightDecay,
                warmup,
                clip,
                partTokens,
                precision,
                optimiser,
                momentum,
                activations,
                lowRank);
    }

    /** Step size at {@code step} of {@code steps}. */
    double rateAt(long step, long steps) {
        double position = (step + 0.5) / steps;
        return learningRate * (position < warmup ? position / warmup : (1 - position) / (1 - warmup));
    }
}
