package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.expunge.metric.ModelUtility.Knowledge;
import org.junit.jupiter.api.Test;

class ModelUtilityTest {

    @Test
    void isTheHarmonicMeanOfThreeNumbersOfOneSet() {
        // 3/(1 + 2 + 4)
        assertThat(ModelUtility.of(new Knowledge(1, 0.5, 0.25))).isCloseTo(3.0 / 7, within(1e-15));
    }

    @Test
    void isTheHarmonicMeanOfNineNumbersOfThreeSets() {
        // 9/(1+2+4 + 5+1+1 + 2+2+2)
        assertThat(ModelUtility.of(new Knowledge(1, 0.5, 0.25), new Knowledge(0.2, 1, 1), new Knowledge(0.5, 0.5, 0.5)))
                .isCloseTo(9.0 / 20, within(1e-15));
    }

    @Test
    void oneZeroMakesItZero() {
        assertThat(ModelUtility.of(new Knowledge(1, 1, 0))).isZero();
    }

    @Test
    void refusesNothingAndImpossibleScores() {
        assertThatThrownBy(ModelUtility::of).hasMessage("scores must not be empty");
        assertThatThrownBy(() -> new Knowledge(0.5, 1.5, 0))
                .hasMessage("recall must be between 0.0 and 1.0 but was 1.5");
    }
}
