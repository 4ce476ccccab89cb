package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DivergenceComparisonTest {

    private static final Thresholds LIMITS = Thresholds.calibrated();
    private static final int FORGET = 60;
    private static final int OTHERS = 40;

    /** Normal margins, points × their own middle; those of the forgotten points moved. */
    private static double[][] networks(int models, double moved, Random random) {
        var all = new double[models][FORGET + 2 * OTHERS];
        for (var row : all) {
            double common = 0.5 * random.nextGaussian();
            for (int x = 0; x < row.length; x++) {
                row[x] = x % 7 + common + random.nextGaussian() + (x < FORGET ? moved : 0);
            }
        }
        return all;
    }

    private static DivergenceComparison compared(int models, double learned, double left, long seed) {
        return compared(models, learned, left, left / 2, seed);
    }

    private static DivergenceComparison compared(int models, double learned, double left, double foretold, long seed) {
        var random = new Random(seed);
        return new DivergenceComparison(
                new EnsembleMargins(
                        networks(models, learned, random),
                        networks(models, left, random),
                        forgotten(networks(models, foretold, random)),
                        networks(2 * models, 0, random),
                        FORGET,
                        OTHERS,
                        OTHERS),
                seed);
    }

    private static double[][] forgotten(double[][] margins) {
        return Arrays.stream(margins).map(row -> Arrays.copyOf(row, FORGET)).toArray(double[][]::new);
    }

    private static Map<String, Outcome> outcomes(DivergenceComparison comparison) {
        return comparison.findings().stream()
                .collect(Collectors.toMap(
                        Finding::check, finding -> Judgement.of(finding, LIMITS).outcome()));
    }

    @Test
    void networksThatAreDistributedLikeRetrainedOnesNeverFail() {
        int passed = 0;
        for (int seed = 0; seed < 8; seed++) {
            var outcomes = outcomes(compared(100, 3, 0, seed));
            assertThat(outcomes).doesNotContainValue(Outcome.FAILED);
            passed += outcomes.get("forget.klom") == Outcome.PASSED ? 1 : 0;
        }
        assertThat(passed).isGreaterThanOrEqualTo(5);
    }

    @Test
    void whatHalfForgotFailsOnTheForgottenRecordsAlone() {
        for (int models : new int[] {20, 100}) {
            var comparison = compared(models, 3, 1.5, 1);
            var outcomes = outcomes(comparison);
            assertThat(outcomes.get("forget.klom")).isEqualTo(Outcome.FAILED);
            assertThat(outcomes.get("forget.likelihood-ratio")).isEqualTo(Outcome.FAILED);
            assertThat(outcomes.get("retain.klom")).isNotEqualTo(Outcome.FAILED);
            assertThat(outcomes.get("test.klom")).isNotEqualTo(Outcome.FAILED);
            assertThat(comparison.divergence().weakness(LIMITS)).isEmpty();
            assertThat(comparison.divergence().measure()).isEqualTo(models == 20 ? "moments" : "histogram");
        }
    }

    @Test
    void theSummariesStandBesideTheFloorOfTheSameNumberOfModels() {
        var divergence = compared(100, 3, 1.5, 1).divergence();
        assertThat(divergence.models()).isEqualTo(100);
        assertThat(divergence.parts()).extracting(Divergence.Part::points).containsExactly("forget", "retain", "test");
        var forget = divergence.parts().getFirst();
        assertThat(forget.count()).isEqualTo(FORGET);
        assertThat(forget.before().mean()).isGreaterThan(forget.after().mean());
        assertThat(forget.after().mean()).isGreaterThan(3 * forget.floor().mean());
        // as in the published table of N = 100: mean 0.33, 95th percentile 0.65
        assertThat(forget.floor().mean()).isCloseTo(0.33, within(0.12));
        assertThat(divergence.forgetting().before())
                .isLessThan(divergence.forgetting().after());
        assertThat(divergence.forgetting().after())
                .isLessThan(divergence.forgetting().floor());
    }

    @Test
    void tooFewNetworksToTellTheUneditedOnesSayNothingAndHowManyWould() {
        var all = LongStream.range(0, 15)
                .mapToObj(seed -> compared(20, 0.6, 0, seed).divergence())
                .toList();
        var weak = all.stream()
                .filter(divergence -> !divergence.weakness(LIMITS).isEmpty())
                .toList();
        assertThat(weak).hasSizeGreaterThan(3);
        assertThat(weak.getFirst().weakness(LIMITS)).contains("with 20 networks a side", "shows nothing");
        assertThat(weak)
                .filteredOn(divergence -> divergence.modelsNeeded() != null)
                .allSatisfy(divergence -> assertThat(divergence.weakness(LIMITS))
                        .contains("about " + divergence.modelsNeeded() + " a side would do"));
        // means 0.6 apart, of deviation √1.25: 0.6² / 2.5 = 0.144 nats in truth, and 9.635 / 0.144 = 67
        double median = all.stream()
                .mapToDouble(divergence -> divergence.modelsNeeded() == null ? 1e6 : divergence.modelsNeeded())
                .sorted()
                .toArray()[all.size() / 2];
        assertThat(median).isBetween(33.0, 134.0);
        var strong = compared(200, 0.6, 0, 3).divergence();
        assertThat(strong.weakness(LIMITS)).isEmpty();
    }

    @Test
    void aVerdictKnowsOfTheWeaknessAndOfADemandThatNothingMeets() {
        var world = new SyntheticNetworks(600, 900, 3);
        var references = LongStream.rangeClosed(1, 3).mapToObj(world::retrained).toList();
        var findings = new Battery(5).compare(world.memorised(0), world.retrained(9), references);
        assertThat(Verdict.of(findings, LIMITS).outcome()).isEqualTo(Outcome.PASSED);
        var without = Verdict.of(findings.withoutDivergence("it is measured of classifiers alone"), LIMITS);
        assertThat(without.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(without.reasons()).anyMatch(reason -> reason.contains("demanded and could not be measured"));
        var weak = Verdict.of(findings.with(compared(10, 0, 0, 4)), LIMITS);
        assertThat(weak.outcome()).isNotEqualTo(Outcome.PASSED);
        assertThat(weak.reasons()).anyMatch(reason -> reason.contains("shows nothing"));
        assertThat(Verdict.of(findings.with(compared(100, 3, 0, 5)), LIMITS).reasons())
                .noneMatch(reason -> reason.contains("shows nothing"));
        assertThat(Verdict.of(findings.with(compared(100, 3, 3, 5)), LIMITS).outcome())
                .isEqualTo(Outcome.FAILED);
    }

    @Test
    void aVerdictWarnsOfAPredictionThatExplainsLittleAndDecidesNothingByIt() {
        var world = new SyntheticNetworks(600, 900, 3);
        var references = LongStream.rangeClosed(1, 3).mapToObj(world::retrained).toList();
        var findings = new Battery(5).compare(world.memorised(0), world.retrained(9), references);
        // of the way from 3 to 0 a prediction of 2.7 explains 1 − 0.9² = 19 %, one of 1 explains 1 − 1/9 = 89 %
        var poor = Verdict.of(findings.with(compared(100, 3, 0, 2.7, 5)), LIMITS);
        var good = Verdict.of(findings.with(compared(100, 3, 0, 1, 5)), LIMITS);
        assertThat(poor.reasons().getLast())
                .startsWith("warning: the attribution")
                .contains("less than the 50 %");
        assertThat(good.reasons()).noneMatch(reason -> reason.contains("warning"));
        assertThat(poor.outcome()).isEqualTo(good.outcome());
        assertThat(Verdict.of(findings.with(compared(100, 3, 3, 2.7, 5)), LIMITS)
                        .reasons())
                .last()
                .asString()
                .startsWith("warning");
        assertThat(Verdict.of(findings.with(compared(10, 0, 0, 2.7, 4)), LIMITS).reasons())
                .as("there was no way to explain")
                .noneMatch(reason -> reason.contains("warning"));
    }

    @Test
    void theShareOfPointsIsCountedAsByHand() {
        // one forgotten point at which the sides have nothing in common, and one at which they agree
        var random = new Random(2);
        var retrained = new double[40][];
        var edited = new double[20][];
        for (int m = 0; m < 40; m++) {
            retrained[m] = new double[] {random.nextGaussian(), m % 20};
        }
        for (int m = 0; m < 20; m++) {
            edited[m] = new double[] {50 + random.nextGaussian(), m};
        }
        var finding = new DivergenceComparison(
                        new EnsembleMargins(edited, edited, new double[0][], retrained, 2, 0, 0), 1)
                .findings()
                .getFirst();
        assertThat(finding.after()).isBetween(0.5, 0.75);
        assertThat(finding.reference()).isBetween(0.0, 0.2);
    }

    @Test
    void sidesThatDoNotFitAreRefused() {
        var ten = new double[10][3];
        for (var retrained : List.of(new double[10][3], new double[20][2])) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new EnsembleMargins(ten, ten, new double[0][], retrained, 1, 1, 1));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EnsembleMargins(
                        new double[9][3], new double[9][3], new double[0][], new double[18][3], 1, 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EnsembleMargins(ten, ten, new double[10][2], new double[20][3], 1, 1, 1));
    }
}
