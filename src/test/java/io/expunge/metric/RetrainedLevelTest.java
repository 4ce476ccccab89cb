package io.expunge.metric;

import static io.expunge.metric.RetrainedLevel.Reading.OVER_FORGOTTEN;
import static io.expunge.metric.RetrainedLevel.Reading.UNDECIDED;
import static io.expunge.metric.RetrainedLevel.Reading.UNDER_FORGOTTEN;
import static io.expunge.metric.RetrainedLevel.Reading.WITHIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetrainedLevelTest {

    @Test
    void readsWhereTheWholeIntervalLies() {
        assertThat(level(0.3, 0.11, 0.5).reading()).isEqualTo(UNDER_FORGOTTEN);
        assertThat(level(-0.3, -0.5, -0.11).reading()).isEqualTo(OVER_FORGOTTEN);
        assertThat(level(0.02, -0.1, 0.1).reading()).isEqualTo(WITHIN);
        assertThat(level(0.3, 0.1, 0.5).reading()).isEqualTo(UNDECIDED);
        assertThat(level(0, -0.2, 0.05).reading()).isEqualTo(UNDECIDED);
    }

    @Test
    void pairsTextsWithTheMeanOfTheRetrainedModels() {
        var level = RetrainedLevel.ofTexts(
                "extraction strength",
                new double[] {1, 1, 0.5, 0.5},
                List.of(new double[] {0, 0, 0, 1}, new double[] {0, 0, 1, 0}),
                0.1);
        // differences 1, 1, 0, 0: mean ½, variance ⅓
        assertThat(level.difference()).isEqualTo(0.5);
        assertThat(level.interval().low()).isCloseTo(0.5 - 1.959964 * Math.sqrt(1 / 12.0), within(1e-6));
        assertThat(level.interval().high()).isCloseTo(0.5 + 1.959964 * Math.sqrt(1 / 12.0), within(1e-6));
    }

    @Test
    void equalValuesAreStillOnlyKnownToHalfAText() {
        var level = RetrainedLevel.ofTexts("recall", new double[10], List.of(new double[10]), 0.05);
        assertThat(level.interval().high()).isCloseTo(1.959964 * 0.05, within(1e-6));
        assertThat(level.reading()).isEqualTo(UNDECIDED);
        assertThat(RetrainedLevel.ofTexts("recall", new double[100], List.of(new double[100]), 0.05)
                        .reading())
                .isEqualTo(WITHIN);
    }

    @Test
    void lowerTruthRatiosThanRetrainedOnesAreUnderForgotten() {
        var low = IntStream.range(0, 40).asDoubleStream().toArray();
        var high = IntStream.range(40, 80).asDoubleStream().toArray();
        var under = RetrainedLevel.ofTruthRatios(low, high, 0.2);
        assertThat(under.difference()).isEqualTo(1);
        // the test of two samples of 40 rejects from D = 0.325
        assertThat(under.interval().low()).isCloseTo(0.675, within(1e-12));
        assertThat(under.interval().high()).isEqualTo(1);
        assertThat(under.reading()).isEqualTo(UNDER_FORGOTTEN);
        assertThat(RetrainedLevel.ofTruthRatios(high, low, 0.2).reading()).isEqualTo(OVER_FORGOTTEN);
        assertThat(RetrainedLevel.ofTruthRatios(low, low, 0.2).reading()).isEqualTo(UNDECIDED);
        assertThat(RetrainedLevel.ofTruthRatios(low, low, 0.35).reading()).isEqualTo(WITHIN);
    }

    @Test
    void oneUnderForgottenMeasureOutweighsTheOthers() {
        var under = level(0.3, 0.2, 0.4);
        var over = level(-0.3, -0.4, -0.2);
        var alike = level(0, -0.05, 0.05);
        var unclear = level(0, -0.3, 0.3);
        assertThat(RetrainedLevel.overall(List.of(alike, over, under))).isEqualTo(UNDER_FORGOTTEN);
        assertThat(RetrainedLevel.overall(List.of(unclear, over, alike))).isEqualTo(OVER_FORGOTTEN);
        assertThat(RetrainedLevel.overall(List.of(unclear, alike))).isEqualTo(UNDECIDED);
        assertThat(RetrainedLevel.overall(List.of(alike, alike))).isEqualTo(WITHIN);
    }

    @Test
    void stopsAsSoonAsNoEstimateIsAboveItsMargin() {
        assertThat(RetrainedLevel.reached(List.of(level(0, -0.1, 0.1), level(0.2, -0.1, 0.5))))
                .isFalse();
        assertThat(RetrainedLevel.reached(List.of(level(0.1, -0.3, 0.5), level(-0.2, -0.3, -0.15))))
                .isTrue();
    }

    @Test
    void saysInASentenceWhatWasFound() {
        assertThat(level(-0.3, -0.4, -0.2).reason())
                .isEqualTo("ES is over-forgotten: unlearned less retrained came to -0.3"
                        + " (95 % interval -0.4 to -0.2, margin ±0.1)");
    }

    @Test
    void refusesWhatCannotBeRead() {
        assertThatThrownBy(() -> RetrainedLevel.of("ES", 0, new Interval(-1, 1), 0))
                .hasMessageContaining("margin");
        assertThatThrownBy(() -> level(0.5, 0, 0.1)).hasMessageContaining("difference");
        assertThatThrownBy(() -> RetrainedLevel.overall(List.of())).hasMessage("levels must not be empty");
        assertThatThrownBy(() -> RetrainedLevel.ofTexts("ES", new double[2], List.of(), 0.1))
                .hasMessage("retrained must not be empty");
        assertThatThrownBy(() -> RetrainedLevel.ofTexts("ES", new double[2], List.of(new double[3]), 0.1))
                .hasMessage("unlearned and retrained must be of one length but are 2 and 3");
    }

    private static RetrainedLevel level(double difference, double low, double high) {
        return RetrainedLevel.of("ES", difference, new Interval(low, high), 0.1);
    }
}
