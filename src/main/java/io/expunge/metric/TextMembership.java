package io.expunge.metric;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One membership attack on one language model: the {@link MembershipScore}s of forgotten and of held-out texts, and how
 * well they tell the two apart.
 *
 * <p>The area is P(score of a forgotten text &lt; score of a held-out one) + ½ P(equal): 1 where forgotten texts still
 * look learned, below ½ where they look less learned than texts that nobody saw, which tells them just as well. The aim
 * is neither 0 nor ½ but what a retrained model shows.
 */
public final class TextMembership {

    private final Separation separation;

    private TextMembership(Separation separation) {
        this.separation = separation;
    }

    /**
     * Attacks a model.
     *
     * @param forgotten scores of the forgotten texts, shape (n); lower is more learned
     * @param heldOut scores of texts that the model never saw, shape (m)
     * @throws IllegalArgumentException if either is empty or a score is not finite
     */
    public static TextMembership of(double[] forgotten, double[] heldOut) {
        Require.finite("forgotten", forgotten);
        Require.finite("heldOut", heldOut);
        return new TextMembership(Separation.of(negated(forgotten), negated(heldOut)));
    }

    Separation separation() {
        return separation;
    }

    /** In [0, 1], as OpenUnlearning's {@code mia_*} metrics report it. */
    public double area() {
        return separation.area();
    }

    /** DeLong's 95 % interval of the area. */
    public Interval interval() {
        return separation.interval();
    }

    /**
     * What the attack finds, held against retrained models.
     *
     * @param area of the unlearned model, with DeLong's 95 % interval
     * @param level the area less the mean of the retrained models', with DeLong's paired interval: positive where the
     *     unlearned model shows more membership than they do
     * @param privacyLeak {@link #privacyLeak(double, double)} in per cent; null where the retrained area is 1
     * @param holdOut whether any of this may be believed, and why not
     */
    public record Figures(
            double area,
            Interval interval,
            RetrainedLevel level,
            @Nullable Double privacyLeak,
            HoldOutCheck holdOut) {}

    /**
     * Holds this model against retrained ones.
     *
     * @param retrained the same attack with each retrained model, on the same texts in the same order
     * @param margin see {@link RetrainedLevel}
     * @throws IllegalArgumentException if there is no retrained model or one was asked about other numbers of texts
     */
    public Figures against(List<TextMembership> retrained, HoldOutCheck holdOut, double margin) {
        Require.filled("retrained", retrained.size());
        var reference =
                Separation.average(retrained.stream().map(r -> r.separation).toList());
        var difference = separation.minus(reference);
        double distance = difference.area();
        return new Figures(
                area(),
                interval(),
                RetrainedLevel.of(
                        "membership",
                        distance,
                        Interval.around(distance, difference.standardError()).within(-1, 1),
                        margin),
                reference.area() < 1 ? privacyLeak(area(), reference.area()) : null,
                holdOut);
    }

    /**
     * MUSE, Shi et al. 2024, <a href="https://arxiv.org/abs/2407.06460">paper</a>, with OpenUnlearning's areas:
     *
     * <pre>PrivLeak = 100 · (AUC′_unlearned − AUC′_retrained)/AUC′_retrained,  AUC′ = 1 − area</pre>
     *
     * 0 is ideal, negative under-forgotten down to −100, positive over-forgotten without a bound.
     *
     * @param unlearned area of the unlearned model, of Min-K in public code
     * @param retrained area of a retrained model; OpenUnlearning takes ½ where it has none
     * @return in per cent
     * @throws IllegalArgumentException unless both lie in [0, 1] and {@code retrained} is below 1
     */
    public static double privacyLeak(double unlearned, double retrained) {
        Require.between("unlearned", unlearned, 0, 1);
        Require.between("retrained", retrained, 0, Math.nextDown(1.0));
        return 100 * (retrained - unlearned) / (1 - retrained);
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }
}
