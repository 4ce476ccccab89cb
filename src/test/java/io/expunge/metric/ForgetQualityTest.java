package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.hipparchus.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForgetQualityTest {

    private static final Percentage EXACT = Percentage.withPercentage(1e-8);

    @ParameterizedTest
    @CsvSource({"40, 1.86e-23", "200, 1.94e-119", "400, 1.06e-239"})
    void fallsToTwoOverTheNumberOfOrdersWhereTheSamplesDoNotOverlap(int size, double published) {
        var low = IntStream.range(0, size).asDoubleStream().toArray();
        var high = IntStream.range(size, 2 * size).asDoubleStream().toArray();
        var quality = KolmogorovSmirnov.between(low, high);
        assertThat(quality.statistic()).isEqualTo(1);
        assertThat(quality.probability())
                .isCloseTo(quotient(BigInteger.TWO, choose(2 * size, size)), EXACT)
                .isCloseTo(published, Percentage.withPercentage(0.5));
    }

    /** The reflection principle: P(D ≥ h/n) = 2 Σ_k (−1)^(k+1) C(2n, n − kh) / C(2n, n). */
    @ParameterizedTest
    @CsvSource({"10, 3", "40, 12", "200, 28", "400, 20", "400, 250"})
    void agreesWithTheClosedFormForEqualSizes(int size, int gap) {
        var paths = BigInteger.ZERO;
        for (int k = 1; k * gap <= size; k++) {
            var term = choose(2 * size, size - k * gap).shiftLeft(1);
            paths = k % 2 == 1 ? paths.add(term) : paths.subtract(term);
        }
        // the gap opens at once and never widens
        var low = IntStream.range(0, size).asDoubleStream().toArray();
        var high = IntStream.range(0, size).mapToDouble(i -> i + gap - 0.5).toArray();
        var quality = KolmogorovSmirnov.between(low, high);
        assertThat(quality.statistic()).isEqualTo(gap / (double) size);
        assertThat(quality.probability()).isCloseTo(quotient(paths, choose(2 * size, size)), EXACT);
    }

    /** Every way to deal nine values out to five and four, from the definition of the test. */
    @Test
    void agreesWithCountingEveryOrderOfASmallSample() {
        var distances = IntStream.range(0, 1 << 9)
                .filter(order -> Integer.bitCount(order) == 5)
                .mapToDouble(order -> distance(dealt(order, 1), dealt(order, 0)))
                .toArray();
        assertThat(distances).hasSize(126);
        for (int order : new int[] {0b000011111, 0b111110000, 0b101010101, 0b001101110, 0b110011001}) {
            double distance = distance(dealt(order, 1), dealt(order, 0));
            double expected = IntStream.range(0, 126)
                            .filter(i -> distances[i] >= distance - 1e-9)
                            .count()
                    / 126.0;
            var quality = KolmogorovSmirnov.between(dealt(order, 1), dealt(order, 0));
            assertThat(quality.statistic()).isCloseTo(distance, within(1e-12));
            assertThat(quality.probability()).isCloseTo(expected, within(1e-12));
        }
    }

    /** Probabilities counted in whole numbers of lattice paths. */
    @ParameterizedTest
    @CsvSource({
        "30, 50, 1.0, 2.254432416647806e-22",
        "100, 150, 0.6, 1.4182273934945263e-20",
        "300, 400, 0.5, 1.8132973118734715e-39"
    })
    void keepsSmallTailsOfUnequalSizes(int a, int b, double statistic, double expected) {
        // a's share lies below all of b, what is left of it above
        var low = IntStream.range(0, a)
                .mapToDouble(i -> i < statistic * a ? 0 : 2)
                .toArray();
        var high = IntStream.range(0, b).mapToDouble(i -> 1).toArray();
        var quality = KolmogorovSmirnov.between(low, high);
        assertThat(quality.statistic()).isCloseTo(statistic, within(1e-12));
        assertThat(quality.probability()).isCloseTo(expected, EXACT);
    }

    @Test
    void agreesWithHipparchusWhereThatIsExact() {
        var random = new Random(7);
        for (int trial = 0; trial < 20; trial++) {
            var a = random.doubles(23).toArray();
            var b = random.doubles(31).map(x -> x + 0.2).toArray();
            var ours = KolmogorovSmirnov.between(a, b);
            assertThat(ours.probability())
                    .isCloseTo(new KolmogorovSmirnovTest().exactP(ours.statistic(), 23, 31, false), within(1e-9));
        }
    }

    @Test
    void equalSamplesAreCertainlyAlike() {
        var sample = new double[] {1, 2, 3};
        assertThat(KolmogorovSmirnov.between(sample, sample)).isEqualTo(new KolmogorovSmirnov(0, 1));
    }

    @Test
    void largeSamplesTakeKolmogorovsLimit() {
        var a = IntStream.range(0, 20_000).asDoubleStream().toArray();
        var b = IntStream.range(0, 20_000).mapToDouble(i -> i + 199.5).toArray();
        // λ = D·√(nm/(n + m)) = 0.01 · 100, and 2 Σ (−1)^(k−1) exp(−2k²λ²) with λ = 1
        assertThat(KolmogorovSmirnov.between(a, b).probability())
                .isCloseTo(2 * (Math.exp(-2) - Math.exp(-8) + Math.exp(-18)), within(1e-9));
    }

    @Test
    void theSignSaysWhichSampleLiesLower() {
        assertThat(KolmogorovSmirnov.signed(new double[] {1, 2}, new double[] {3, 4}))
                .isEqualTo(1);
        assertThat(KolmogorovSmirnov.signed(new double[] {3, 4}, new double[] {1, 2, 3.5}))
                .isCloseTo(-2 / 3.0, within(1e-15));
    }

    /** Found by counting lattice paths in whole numbers; the customary approximations are 0.304, 0.136, 0.111, 0.096. */
    @ParameterizedTest
    @CsvSource({"40, 40, 0.325", "200, 200, 0.14", "300, 300, 0.11333333333", "400, 400, 0.0975", "40, 60, 0.275"})
    void findsTheLeastDistanceThatAFivePerCentTestRejects(int a, int b, double expected) {
        assertThat(KolmogorovSmirnov.critical(a, b, 0.05)).isCloseTo(expected, within(1e-10));
    }

    @Test
    void tooSmallSamplesRejectNothing() {
        assertThat(KolmogorovSmirnov.critical(2, 2, 0.05)).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNotANumber() {
        assertThatThrownBy(() -> KolmogorovSmirnov.between(new double[] {1, Double.NaN}, new double[] {1, 2}))
                .hasMessage("a sample holds a value that is not a number");
        assertThatThrownBy(() -> KolmogorovSmirnov.between(new double[1], new double[9]))
                .hasMessage("samples of 1 and 9 are too small to compare");
    }

    private static double[] dealt(int order, int bit) {
        return IntStream.range(0, 9)
                .filter(i -> (order >> i & 1) == bit)
                .asDoubleStream()
                .toArray();
    }

    private static double distance(double[] a, double[] b) {
        return IntStream.range(0, 9)
                .mapToDouble(at -> Math.abs(share(a, at) - share(b, at)))
                .max()
                .orElseThrow();
    }

    private static double share(double[] sample, int at) {
        return java.util.Arrays.stream(sample).filter(x -> x <= at).count() / (double) sample.length;
    }

    private static BigInteger choose(int n, int k) {
        var product = BigInteger.ONE;
        for (int i = 1; i <= k; i++) {
            product = product.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
        }
        return product;
    }

    private static double quotient(BigInteger a, BigInteger b) {
        return new BigDecimal(a)
                .divide(new BigDecimal(b), MathContext.DECIMAL64)
                .doubleValue();
    }
}
