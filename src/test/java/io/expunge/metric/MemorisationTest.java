package io.expunge.metric;

import static io.expunge.metric.Memorisation.LastToken.COUNTED;
import static io.expunge.metric.Memorisation.LastToken.DROPPED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemorisationTest {

    private static final boolean[] RIGHT = {false, true, false, true, true};

    @Test
    void extractionStrengthIsWhatNeedsNoPrefix() {
        assertThat(Memorisation.extractionStrength(RIGHT, COUNTED)).isEqualTo(1 - 3.0 / 5);
        assertThat(Memorisation.extractionStrength(RIGHT, DROPPED)).isEqualTo(1 - 3.0 / 4);
        assertThat(Memorisation.extractionStrength(new boolean[] {true, true}, COUNTED))
                .isEqualTo(1);
    }

    @Test
    void extractionStrengthReachesZeroWhereTheLastPredictionIsWrong() {
        assertThat(Memorisation.extractionStrength(new boolean[] {true, true, false}, COUNTED))
                .isZero();
        assertThat(Memorisation.extractionStrength(new boolean[] {true, true, false}, DROPPED))
                .isEqualTo(1);
    }

    @Test
    void exactMemorisationIsTheShareOfRightPositions() {
        assertThat(Memorisation.exact(RIGHT, COUNTED)).isEqualTo(3.0 / 5);
        assertThat(Memorisation.exact(RIGHT, DROPPED)).isEqualTo(2.0 / 4);
    }

    @Test
    void refusesAnAnswerOfWhichNothingIsLeft() {
        assertThatThrownBy(() -> Memorisation.exact(new boolean[1], DROPPED))
                .hasMessage("right must leave a position to look at but has 1, the last one DROPPED");
    }
}
