package io.expunge.metric;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How fast a model relearns forgotten texts: the share that it recalls after so many steps of fine-tuning on them, or on
 * others of the same kind. Between the measured steps the curve is taken for straight. An unlearned model that comes
 * back faster than a retrained one learns had only hidden what it knew (Deeb and Roger 2024,
 * <a href="https://arxiv.org/abs/2410.08827">paper</a>).
 */
public final class RelearningCurve {

    private final int[] steps;
    private final double[] recall;

    private RelearningCurve(int[] steps, double[] recall) {
        this.steps = steps;
        this.recall = recall;
    }

    /**
     * A measured curve.
     *
     * @param steps rising, the first of them 0, at least two
     * @param recall in [0, 1] after each
     * @throws IllegalArgumentException if the arrays are not so
     */
    public static RelearningCurve of(int[] steps, double[] recall) {
        Require.sameLength("steps", steps.length, "recall", recall.length);
        Require.within("recall", recall, 0, 1);
        boolean rising = steps.length > 1 && steps[0] == 0;
        for (int i = 1; i < steps.length; i++) {
            rising &= steps[i] > steps[i - 1];
        }
        if (!rising) {
            throw new IllegalArgumentException("steps must rise from 0 but are " + Arrays.toString(steps));
        }
        return new RelearningCurve(steps.clone(), recall.clone());
    }

    /** Area under the curve by the trapezoid rule, divided by the number of steps: the mean recall on the way, in [0, 1]. */
    public double area() {
        double area = 0;
        for (int i = 1; i < steps.length; i++) {
            area += (steps[i] - steps[i - 1]) * (recall[i] + recall[i - 1]) / 2;
        }
        return area / steps[steps.length - 1];
    }

    /**
     * The first step, whole or not, at which recall reaches a level.
     *
     * @param level in [0, 1]
     * @return empty if it never does
     */
    public OptionalDouble stepsTo(double level) {
        Require.between("level", level, 0, 1);
        if (recall[0] >= level) {
            return OptionalDouble.of(0);
        }
        for (int i = 1; i < steps.length; i++) {
            if (recall[i] >= level) {
                double part = (level - recall[i - 1]) / (recall[i] - recall[i - 1]);
                return OptionalDouble.of(steps[i - 1] + part * (steps[i] - steps[i - 1]));
            }
        }
        return OptionalDouble.empty();
    }

    /**
     * This curve's area less a retrained model's: positive where this model recalls more on the way.
     *
     * @throws IllegalArgumentException if they were measured after other steps
     */
    public double lead(RelearningCurve retrained) {
        alike(retrained);
        return area() - retrained.area();
    }

    /**
     * Steps that this model needs fewer than a retrained one to reach a level: positive where it is faster.
     *
     * @return empty if either never reaches it
     * @throws IllegalArgumentException if they were measured after other steps
     */
    public OptionalDouble stepsSaved(RelearningCurve retrained, double level) {
        alike(retrained);
        var own = stepsTo(level);
        var other = retrained.stepsTo(level);
        return own.isPresent() && other.isPresent()
                ? OptionalDouble.of(other.getAsDouble() - own.getAsDouble())
                : OptionalDouble.empty();
    }

    private void alike(RelearningCurve other) {
        if (!Arrays.equals(steps, other.steps)) {
            throw new IllegalArgumentException("the curves must be measured after the same steps but are after "
                    + Arrays.toString(steps) + " and " + Arrays.toString(other.steps));
        }
    }
}
