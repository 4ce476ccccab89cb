package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecitationTest {

    private static final int[] TEXT = {1, 2, 3, 4, 5, 6, 7, 8};

    @Test
    void theDistanceCountsTheFewestEdits() {
        assertThat(Recitation.distance(letters("kitten"), letters("sitting"))).isEqualTo(3);
        assertThat(Recitation.distance(letters("flaw"), letters("lawn"))).isEqualTo(2);
        assertThat(Recitation.distance(letters(""), letters("abc"))).isEqualTo(3);
        assertThat(Recitation.distance(letters("abc"), letters(""))).isEqualTo(3);
    }

    @Test
    void looseRecitationAllowsAQuarterOfTheTokensToDiffer() {
        var recitation = Recitation.of(
                List.of(TEXT, TEXT, TEXT),
                List.of(TEXT, new int[] {9, 2, 3, 4, 5, 6, 7, 9}, new int[] {9, 9, 9, 4, 5, 6, 7, 8}));
        assertThat(recitation.strict()).isEqualTo(1 / 3.0);
        assertThat(recitation.loose()).isEqualTo(2 / 3.0);
        assertThat(recitation.levenshtein()).isCloseTo((0 + 2 / 8.0 + 3 / 8.0) / 3, within(1e-15));
    }

    @Test
    void aShiftedRecitationIsNearAlthoughNoPositionAgrees() {
        var shifted = new int[] {0, 1, 2, 3, 4, 5, 6, 7};
        assertThat(Recitation.of(List.of(TEXT), List.of(shifted))).isEqualTo(new Recitation(0, 1, 0.25));
    }

    @Test
    void theDistanceNeverExceedsTheLongerText() {
        assertThat(Recitation.of(List.of(new int[] {1, 2}), List.of(new int[] {3, 4, 5, 6})))
                .isEqualTo(new Recitation(0, 0, 1));
        assertThat(Recitation.of(List.of(new int[] {1, 2, 3, 4}), List.of(new int[] {1, 2, 3})))
                .isEqualTo(new Recitation(0, 1, 0.25));
    }

    @Test
    void refusesTextsWithoutACounterpart() {
        assertThatThrownBy(() -> Recitation.of(List.of(TEXT), List.of()))
                .hasMessage("truth and written must be of one length but are 1 and 0");
        assertThatThrownBy(() -> Recitation.of(List.of(new int[0]), List.of(TEXT)))
                .hasMessage("truth[0] must not be empty");
    }

    private static int[] letters(String word) {
        return word.chars().toArray();
    }
}
