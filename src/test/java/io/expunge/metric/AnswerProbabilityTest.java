package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AnswerProbabilityTest {

    @Test
    void isTheGeometricMeanOfTheTokensProbabilities() {
        // ∛(½ · ¼ · 1) = ½
        assertThat(AnswerProbability.of(new double[] {Math.log(0.5), Math.log(0.25), 0}))
                .isCloseTo(0.5, within(1e-15));
    }

    @Test
    void logOddsAreTheMarginOfAnAnswer() {
        // ½ against ½, and 0.8 against 0.2
        assertThat(AnswerProbability.logOdds(Math.log(0.5))).isCloseTo(0, within(1e-15));
        assertThat(AnswerProbability.logOdds(Math.log(0.8))).isCloseTo(Math.log(4), within(1e-14));
        assertThat(AnswerProbability.logOdds(-50))
                .as("where p vanishes it is log p")
                .isCloseTo(-50, within(1e-12));
        assertThat(AnswerProbability.logOdds(-1e-9)).as("where 1 − p does").isCloseTo(9 * Math.log(10), within(1e-8));
        assertThat(AnswerProbability.logOdds(0)).isEqualTo(100);
        assertThatThrownBy(() -> AnswerProbability.logOdds(0.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void amongOptionsIsTheShareOfTheCorrectAnswer() {
        // 0.3/(0.3 + 0.1 + 0.2)
        assertThat(AnswerProbability.amongOptions(Math.log(0.3), new double[] {Math.log(0.1), Math.log(0.2)}))
                .isCloseTo(0.5, within(1e-15));
    }

    @Test
    void amongOptionsStaysDefinedWhereEveryProbabilityUnderflows() {
        assertThat(AnswerProbability.amongOptions(-900, new double[] {-900, -900, -900}))
                .isEqualTo(0.25);
        assertThat(AnswerProbability.amongOptions(-2000, new double[] {-900})).isZero();
    }

    @Test
    void roundingAboveZeroIsForgivenButAProbabilityAboveOneIsNot() {
        assertThat(AnswerProbability.of(new double[] {1e-6})).isEqualTo(1);
        assertThatThrownBy(() -> AnswerProbability.of(new double[] {-1, 0.5}))
                .hasMessage("tokens[1] must be the logarithm of a probability but was 0.5");
    }

    @Test
    void saysWhichTokenIsMissingOrNotANumber() {
        assertThatThrownBy(() -> AnswerProbability.of(new double[0])).hasMessage("tokens must not be empty");
        assertThatThrownBy(() -> AnswerProbability.of(new double[] {-1, Double.NaN}))
                .hasMessage("tokens[1] must be finite but was NaN");
    }
}
