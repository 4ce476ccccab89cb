package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class NextTokenRankingTest {

    @Test
    void theSameOrderIsOneAndNoneOfTheTokensIsNothing() {
        var base = List.of(new int[] {4, 7, 1, 2});
        assertThat(NextTokenRanking.of(base, base, 2)).isEqualTo(1);
        assertThat(NextTokenRanking.of(base, List.of(new int[] {8, 9, 8, 9}), 2))
                .isEqualTo(0);
    }

    @Test
    void twoTokensThatChangedPlacesAreWorthWhatTheFormulaSays() {
        // (1 / log₂2 + 2 / log₂3) / (2 / log₂2 + 1 / log₂3)
        double log3 = Math.log(3) / Math.log(2);
        double expected = (1 + 2 / log3) / (2 + 1 / log3);
        assertThat(NextTokenRanking.of(List.of(new int[] {4, 7}), List.of(new int[] {7, 4}), 2))
                .isCloseTo(expected, within(1e-12));
        // the mean over places, here with one that is the same
        assertThat(NextTokenRanking.of(List.of(new int[] {4, 7, 5, 6}), List.of(new int[] {7, 4, 5, 6}), 2))
                .isCloseTo((expected + 1) / 2, within(1e-12));
    }

    @Test
    void rankingsOfOtherPlacesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NextTokenRanking.of(List.of(new int[2]), List.of(new int[4]), 2));
        assertThatIllegalArgumentException().isThrownBy(() -> NextTokenRanking.of(List.of(), List.of(), 2));
    }
}
