package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expunge.engine.Examples;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttributionScoringTest {

    private static final int EXAMPLES = 40;
    private static final int TESTS = 10;

    /** Margins that are sums of what each example adds: all but foreseen where nothing else moves them. */
    @Test
    void theScoreIsHighWhereOutputsAreSumsAndNearNothingWhereTheyAreNoise() {
        var foreseen = scored(0.05);
        assertThat(foreseen.estimated()).isEqualTo(360);
        assertThat(foreseen.heldOut()).isEqualTo(40);
        assertThat(foreseen.points()).isEqualTo(TESTS);
        assertThat(foreseen.score()).isGreaterThan(0.95);
        assertThat(foreseen.low()).isLessThanOrEqualTo(foreseen.score());
        assertThat(foreseen.high()).isGreaterThanOrEqualTo(foreseen.score());
        assertThat(scored(1000).score()).isBetween(-0.2, 0.2);
    }

    @Test
    void tooFewNetworksAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new AttributionScoring(EXAMPLES, Examples.ofFloats(new float[TESTS], new int[TESTS], 1), 99))
                .withMessageContaining("100");
    }

    private static Attribution scored(double noise) {
        var random = new Random(4);
        var effects = new double[EXAMPLES][TESTS];
        for (var row : effects) {
            for (int x = 0; x < TESTS; x++) {
                row[x] = random.nextGaussian();
            }
        }
        try (var scoring =
                new AttributionScoring(EXAMPLES, Examples.ofFloats(new float[TESTS], new int[TESTS], 1), 400)) {
            for (int m = 0; m < 400; m++) {
                var part = HalfDraw.rows(EXAMPLES, m);
                var logits = new float[TESTS][2];
                for (int x = 0; x < TESTS; x++) {
                    double margin = noise * random.nextGaussian();
                    for (int i : part) {
                        margin += effects[i][x];
                    }
                    logits[x][0] = (float) margin; // the other logit is 0, so this is the margin of label 0
                }
                scoring.add(part, logits);
            }
            return scoring.score(0.01, 1);
        }
    }
}
