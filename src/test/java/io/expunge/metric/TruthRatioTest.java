package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TruthRatioTest {

    @Test
    void theTwoVariantsDifferInTheMeanOverWrongAnswers() {
        var wrong = new double[] {Math.log(0.1), Math.log(0.4)};
        // (0.1 + 0.4)/2/0.5 and √(0.1 · 0.4)/0.5
        assertThat(TruthRatio.ARITHMETIC.of(Math.log(0.5), wrong)).isCloseTo(0.5, within(1e-15));
        assertThat(TruthRatio.GEOMETRIC.of(Math.log(0.5), wrong)).isCloseTo(0.4, within(1e-15));
    }

    @Test
    void aCollapsedModelStillHasARatio() {
        assertThat(TruthRatio.ARITHMETIC.of(-800, new double[] {-800, -801}))
                .isCloseTo((1 + Math.exp(-1)) / 2, within(1e-15));
        assertThat(TruthRatio.GEOMETRIC.of(-800, new double[] {-800, -801})).isCloseTo(Math.exp(-0.5), within(1e-15));
    }

    @Test
    void aForgetSetIsBestWhereRightAndWrongAreEquallyLikely() {
        assertThat(TruthRatio.forgotten(new double[] {1, 1})).isEqualTo(1);
        // (½ + ½ + 0 + 0)/4
        assertThat(TruthRatio.forgotten(new double[] {0.5, 2, 0, Double.POSITIVE_INFINITY}))
                .isEqualTo(0.25);
    }

    @Test
    void whatIsKeptIsBestWhereWrongAnswersAreUnlikely() {
        // (¾ + 0 + 0)/3
        assertThat(TruthRatio.kept(new double[] {0.25, 2, Double.POSITIVE_INFINITY}))
                .isEqualTo(0.25);
    }

    @Test
    void refusesRatiosThatCannotBe() {
        assertThatThrownBy(() -> TruthRatio.kept(new double[] {1, -0.1})).hasMessageContaining("ratios[1]");
        assertThatThrownBy(() -> TruthRatio.forgotten(new double[] {Double.NaN}))
                .hasMessageContaining("ratios[0]");
        assertThatThrownBy(() -> TruthRatio.GEOMETRIC.of(-1, new double[0])).hasMessage("wrong must not be empty");
    }
}
