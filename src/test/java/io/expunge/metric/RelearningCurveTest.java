package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RelearningCurveTest {

    private static final int[] STEPS = {0, 2, 6};

    @Test
    void theAreaIsTheMeanRecallOnTheWay() {
        // (2 · ¼ + 4 · ¾)/6
        assertThat(curve(0, 0.5, 1).area()).isCloseTo(3.5 / 6, within(1e-15));
        assertThat(curve(0.3, 0.3, 0.3).area()).isCloseTo(0.3, within(1e-15));
    }

    @Test
    void theStepsToALevelLieOnTheStraightBetweenTwoMeasurements() {
        assertThat(curve(0, 0.5, 1).stepsTo(0.25)).hasValue(1);
        assertThat(curve(0, 0.5, 1).stepsTo(0.75)).hasValue(4);
        assertThat(curve(0.4, 0.5, 1).stepsTo(0.4)).hasValue(0);
        assertThat(curve(0, 0.5, 0.2).stepsTo(0.6)).isEmpty();
    }

    @Test
    void theFasterModelLeads() {
        var unlearned = curve(0, 0.5, 1);
        var retrained = curve(0, 0.25, 0.5);
        assertThat(unlearned.lead(retrained)).isCloseTo(3.5 / 6 / 2, within(1e-15));
        assertThat(unlearned.stepsSaved(retrained, 0.25)).hasValue(1);
        assertThat(retrained.stepsSaved(unlearned, 0.25)).hasValue(-1);
        assertThat(unlearned.stepsSaved(retrained, 0.75)).isEmpty();
    }

    @Test
    void refusesStepsThatDoNotRiseFromZeroAndOtherSteps() {
        assertThatThrownBy(() -> RelearningCurve.of(new int[] {0, 2, 2}, new double[3]))
                .hasMessage("steps must rise from 0 but are [0, 2, 2]");
        assertThatThrownBy(() -> RelearningCurve.of(new int[] {1, 2}, new double[2]))
                .hasMessage("steps must rise from 0 but are [1, 2]");
        assertThatThrownBy(() -> RelearningCurve.of(STEPS, new double[] {0, 0, 1.2}))
                .hasMessageContaining("recall[2]");
        var other = RelearningCurve.of(new int[] {0, 3, 6}, new double[3]);
        assertThatThrownBy(() -> curve(0, 0, 0).lead(other)).hasMessageContaining("[0, 2, 6] and [0, 3, 6]");
    }

    private static RelearningCurve curve(double... recall) {
        return RelearningCurve.of(STEPS, recall);
    }
}
