package io.expunge.metric;

import java.util.Locale;

/**
 * Whether held-out texts can stand for forgotten ones. A model that saw neither must not tell them apart; where it does,
 * one set is easier than the other, and a membership area near ½ is no sign of forgetting (TOFU's holdout10 was measured
 * at 0.33). Without an untouched model nothing can be said, and membership is not to be trusted either.
 *
 * @param trusted whether membership figures with these texts may be believed
 * @param reason one sentence with the numbers
 */
public record HoldOutCheck(boolean trusted, String reason) {

    /** How far from ½ the area of an untouched model may lie. */
    static final double TOLERANCE = 0.1;

    /**
     * Looks at a model that saw neither set.
     *
     * @param untouched an attack on it with the very texts that the edited model is asked about
     */
    public static HoldOutCheck of(TextMembership untouched) {
        double area = untouched.area();
        boolean trusted = Math.abs(area - 0.5) <= TOLERANCE;
        return new HoldOutCheck(
                trusted,
                String.format(
                        Locale.ROOT,
                        "a model that saw neither tells forgotten from held-out texts with an area of %.3f"
                                + " (95 %% interval %.3f to %.3f), %s ½ ± %.2f%s",
                        area,
                        untouched.interval().low(),
                        untouched.interval().high(),
                        trusted ? "within" : "outside",
                        TOLERANCE,
                        trusted
                                ? ""
                                : area < 0.5
                                        ? ": the held-out texts are easier, membership looks lower than it is"
                                        : ": the held-out texts are harder, membership looks higher than it is"));
    }

    /** Where there is no such model. */
    public static HoldOutCheck missing() {
        return new HoldOutCheck(
                false, "no model that saw neither was asked whether held-out texts are as hard as forgotten ones");
    }
}
