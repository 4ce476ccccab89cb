package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HalfDrawTest {

    @Test
    void theSameSeedDrawsTheSameRowsInOrderAndAnotherSeedOthers() {
        var rows = HalfDraw.rows(101, 7);
        assertThat(rows).hasSize(50).isSorted().doesNotHaveDuplicates().isEqualTo(HalfDraw.rows(101, 7));
        assertThat(Arrays.stream(rows)).allMatch(row -> row >= 0 && row < 101);
        assertThat(HalfDraw.rows(101, 8)).isNotEqualTo(rows);
    }

    @Test
    void everyRowIsInAboutHalfOfTheDraws() {
        var counts = new int[20];
        for (int seed = 0; seed < 4_000; seed++) {
            for (int row : HalfDraw.rows(20, seed)) {
                counts[row]++;
            }
        }
        // 2000 ± 5 standard deviations of a binomial
        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 2_000) < 158);
    }

    @Test
    void fewRowsHaveHalvesToo() {
        assertThat(HalfDraw.rows(0, 1)).isEmpty();
        assertThat(HalfDraw.rows(1, 1)).isEmpty();
        assertThat(HalfDraw.rows(2, 1)).hasSize(1);
    }
}
