package io.expunge.engine;

import static io.expunge.engine.Require.atLeast;
import static io.expunge.engine.Require.atMost;
import static io.expunge.engine.Require.between;
import static io.expunge.engine.Require.positive;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;

/**
 * Everything that decides the weights beside the data and the seed.
 *
 * @param epochs passes over the data
 * @param batchSize examples a step; the last, smaller batch of an epoch is not dropped
 * @param learningRate the highest step size of the schedule
 * @param momentum μ of SGD in [0, 1); of no effect on AdamW
 * @param weightDecay λ, added to the gradient as λθ by SGD; decoupled, and spared to vectors, by AdamW
 * @param schedule how the step size moves over the training
 * @param augment whether images are shifted by up to an eighth of their side and mirrored at random
 * @param optimiser SGD where none is given
 */
public record Recipe(
        int epochs,
        int batchSize,
        double learningRate,
        double momentum,
        double weightDecay,
        Schedule schedule,
        boolean augment,
        @JsonProperty(isRequired = OptBoolean.FALSE) Optimiser optimiser) {

    /** How the step size moves over a training. */
    public enum Schedule {
        CONSTANT,
        /** Half a cosine from the full step size down to 0: Loshchilov and Hutter 2017. */
        COSINE,
        /** Linear from 0 to the full step size over the first fifth of the steps, then linear down to 0. */
        TRIANGULAR;

        private static final double RISE = 0.2;

        /** Share of the full step size at {@code step} of {@code steps}, in [0, 1]. */
        public double share(long step, long steps) {
            double position = (step + 0.5) / steps;
            return switch (this) {
                case CONSTANT -> 1;
                case COSINE -> 0.5 * (1 + StrictMath.cos(Math.PI * position));
                case TRIANGULAR -> position < RISE ? position / RISE : (1 - position) / (1 - RISE);
            };
        }
    }

    public Recipe {
        atLeast("epochs", epochs, 1);
        atMost("epochs", epochs, 10_000);
        atLeast("batchSize", batchSize, 1);
        atMost("batchSize", batchSize, 65_536);
        positive("learningRate", learningRate);
        between("momentum", momentum, 0, 0.9999);
        between("weightDecay", weightDecay, 0, 1);
        if (schedule == null) {
            throw new IllegalArgumentException("schedule must be given");
        }
        optimiser = optimiser == null ? Optimiser.SGD : optimiser;
    }

    /** By stochastic gradient descent with momentum. */
    public Recipe(
            int epochs,
            int batchSize,
            double learningRate,
            double momentum,
            double weightDecay,
            Schedule schedule,
            boolean augment) {
        this(epochs, batchSize, learningRate, momentum, weightDecay, schedule, augment, Optimiser.SGD);
    }

    /** The same with another optimiser. */
    public Recipe by(Optimiser other) {
        return new Recipe(epochs, batchSize, learningRate, momentum, weightDecay, schedule, augment, other);
    }
}
