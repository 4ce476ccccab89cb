package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionsTest {

    private static final double[] EDGES = Distributions.Quantity.MARGIN.edges();

    @Test
    void aHistogramOfWholeBinsIsThatCountedByHand() {
        // five a bin: (−1, 0], (0, 1], (1, 2]; nobody elsewhere
        var values = DoubleStream.of(-0.5, -0.2, 0, -0.9, -0.1, 1, 0.5, 0.2, 0.3, 0.4, 2, 1.5, 1.1, 1.2, 1.3)
                .toArray();
        var histogram = Histogram.of(values, EDGES);
        assertThat(histogram.edges()).containsExactly(-1.0, 0.0, 1.0, 2.0);
        assertThat(histogram.counts()).containsExactly(0, 5, 5, 5, 0);
    }

    @Test
    void binsWithFewRecordsGoToTheirNeighbours() {
        // one far out on each side, nine and six in the middle
        var values = DoubleStream.concat(
                        DoubleStream.of(-15.5, 14.2),
                        DoubleStream.concat(
                                IntStream.range(0, 9).mapToDouble(i -> 0.1 + i / 100.0),
                                IntStream.range(0, 6).mapToDouble(i -> 3.1 + i / 100.0)))
                .toArray();
        var histogram = Histogram.of(values, EDGES);
        assertThat(histogram.edges()).containsExactly(1.0, 3.0);
        assertThat(histogram.counts()).containsExactly(10, 0, 7);
    }

    @Test
    void nothingIsKeptOfFewerThanTenRecords() {
        assertThat(Histogram.of(new double[9], EDGES).withheld()).isTrue();
        assertThat(Histogram.of(new double[10], EDGES).withheld()).isFalse();
        // three networks do not make four records a crowd
        assertThat(Histogram.of(List.of(new double[4], new double[4], new double[4]), EDGES)
                        .withheld())
                .isTrue();
    }

    @Test
    void whateverTheRecordsAreNoBinIsAboutFewAndNoneIsLost() {
        var random = new Random(1);
        for (int trial = 0; trial < 2_000; trial++) {
            int networks = 1 + random.nextInt(3);
            int records = 10 + random.nextInt(60);
            double spread = Math.exp(4 * random.nextDouble() - 1);
            var values = IntStream.range(0, networks)
                    .mapToObj(k -> random.doubles(records)
                            .map(x -> spread * random.nextGaussian() + 5)
                            .toArray())
                    .toList();
            var histogram = Histogram.of(values, EDGES);
            assertThat(histogram.total()).isEqualTo(networks * records);
            assertThat(histogram.edges()).isSorted().doesNotHaveDuplicates();
            assertThat(histogram.counts())
                    .hasSize(histogram.edges().size() + 1)
                    .allMatch(count -> count == 0 || count >= Histogram.LEAST_IN_BIN * networks);
            for (int bin = 0; bin < histogram.counts().size(); bin++) {
                double low =
                        bin == 0 ? Double.NEGATIVE_INFINITY : histogram.edges().get(bin - 1);
                double high = bin == histogram.edges().size()
                        ? Double.POSITIVE_INFINITY
                        : histogram.edges().get(bin);
                assertThat(values.stream()
                                .flatMapToDouble(Arrays::stream)
                                .filter(value -> low < value && value <= high)
                                .count())
                        .isEqualTo(histogram.counts().get(bin).longValue());
            }
        }
    }

    @Test
    void theCurvePassesThroughTheRatesThatCountingPairsGives() {
        var random = new Random(2);
        var members = random.doubles(400).map(x -> random.nextGaussian() + 1).toArray();
        var others = random.doubles(500).map(x -> random.nextGaussian()).toArray();
        var curve = RocCurve.of(
                Check.FORGET_MEMBERSHIP, Distributions.Model.AFTER, List.of(Separation.of(members, others)));
        assertThat(curve.points()).hasSizeGreaterThan(15);
        assertThat(curve.points().getLast()).isEqualTo(new RocCurve.Point(1, 1));
        for (var point : curve.points()) {
            long found = Arrays.stream(members)
                    .filter(member -> Arrays.stream(others)
                                    .filter(other -> other > member)
                                    .count()
                            <= Math.round(500 * point.falseRate()))
                    .count();
            assertThat(point.rate()).isEqualTo(found / 400.0);
        }
        // the binormal area, Φ(1/√2), and the area under what is drawn
        assertThat(curve.area()).isCloseTo(0.7602, within(0.03));
        assertThat(under(curve)).isCloseTo(curve.area(), within(0.01));
        assertThat(curve.low()).isLessThan(curve.area()).isGreaterThan(curve.area() - 0.05);
    }

    @Test
    void classesOfUnlikeDifficultyAloneMakeNoCurve() {
        // class 0 is easy and mostly forgotten, class 1 hard and mostly held out: within each, both are alike
        var random = new Random(3);
        var memberLabels = IntStream.range(0, 500).map(i -> i < 400 ? 0 : 1).toArray();
        var otherLabels = IntStream.range(0, 500).map(i -> i < 100 ? 0 : 1).toArray();
        var members = Arrays.stream(memberLabels)
                .mapToDouble(label -> random.nextGaussian() + (label == 0 ? 6 : 0))
                .toArray();
        var others = Arrays.stream(otherLabels)
                .mapToDouble(label -> random.nextGaussian() + (label == 0 ? 6 : 0))
                .toArray();
        var curve = RocCurve.of(
                Check.FORGET_MEMBERSHIP,
                Distributions.Model.AFTER,
                List.of(Separation.of(members, memberLabels, others, otherLabels)));
        assertThat(curve.low()).isLessThan(0.5);
        assertThat(curve.high()).isGreaterThan(0.5);
        assertThat(curve.points())
                .allSatisfy(point -> assertThat(point.rate()).isCloseTo(point.falseRate(), within(0.13)));
        // over both classes at once the same scores would look like membership
        assertThat(Separation.of(members, others).area()).isGreaterThan(0.7);
    }

    @Test
    void aCurveOfFewMembersHasItsAreaAndNoPoints() {
        var curve = RocCurve.of(
                Check.FORGET_MEMBERSHIP,
                Distributions.Model.AFTER,
                List.of(Separation.of(new double[] {1, 2, 3}, new double[20])));
        assertThat(curve.area()).isEqualTo(1);
        assertThat(curve.points()).isEmpty();
    }

    private static double under(RocCurve curve) {
        double area = 0;
        var before = new RocCurve.Point(0, 0);
        for (var point : curve.points()) {
            area += (point.falseRate() - before.falseRate()) * (point.rate() + before.rate()) / 2;
            before = point;
        }
        return area;
    }
}
