package io.expunge.influence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expunge.engine.PairMask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The threshold search beside its naive twin, which sorts all products. */
class PairSearchTest {

    private record Pair(int i, int j, double score, double mass) {}

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 0.1, 0.5, 0.6, 0.75, 0.9, 0.999, 1})
    void picksExactlyThePairsOfAFullSort(double share) {
        var random = new Random(7);
        for (int trial = 0; trial < 20; trial++) {
            var rows = spectrum(random, 1 + random.nextInt(40));
            var columns = spectrum(random, 1 + random.nextInt(60));
            assertSame(PairSearch.of(rows, columns, share), sorted(rows, columns, rows, columns, share));
        }
    }

    @Test
    void picksThemWhereTheScoreIsNotTheMass() {
        var random = new Random(8);
        for (int trial = 0; trial < 50; trial++) {
            int n = 1 + random.nextInt(30);
            int m = 1 + random.nextInt(30);
            var a = random.doubles(n).toArray();
            var b = random.doubles(m).toArray();
            var c = spectrum(random, n);
            var d = spectrum(random, m);
            double share = 0.05 + 0.9 * random.nextDouble();
            assertSame(PairSearch.of(a, b, c, d, share), sorted(a, b, c, d, share));
        }
    }

    @Test
    void takesEqualProductsInTheirOrderUntilTheShareIsReached() {
        var mask = PairSearch.of(new double[] {1, 1}, new double[] {1, 1, 1}, 0.6);
        // 3.6 of 6 pairs of equal mass are needed: four, row by row
        assertThat(mask.size()).isEqualTo(4);
        assertThat(mask.rowCounts()).containsExactly(3, 1);
        assertThat(mask.keeps(1, 0)).isTrue();
        assertThat(mask.keeps(1, 1)).isFalse();
    }

    @Test
    void keepsEveryPairAtAShareOfOneEvenWithoutMass() {
        assertThat(PairSearch.of(new double[] {2, 0}, new double[] {3, 0, 0}, 1).size())
                .isEqualTo(6);
    }

    @Test
    void refusesASharedOutOfItsRangeAndNumbersThatAreNone() {
        var one = new double[] {1};
        for (double share : new double[] {0, -0.1, 1.1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PairSearch.of(one, one, share))
                    .withMessageContaining("share must be above 0 and at most 1");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PairSearch.of(new double[] {Double.NaN}, one, 0.5))
                .withMessageContaining("finite");
    }

    @Test
    void searchesALayerOfAModelWithSevenBillionWeightsInUnderTwoSeconds() {
        var random = new Random(9);
        var rows = spectrum(random, 11_008);
        var columns = spectrum(random, 4_096);
        long began = System.nanoTime();
        var mask = PairSearch.of(rows, columns, 0.6);
        double seconds = (System.nanoTime() - began) / 1e9;
        double mass = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                mass += mask.keeps(i, j) ? rows[i] * columns[j] : 0;
            }
        }
        double all = DoubleStream.of(rows).sum() * DoubleStream.of(columns).sum();
        assertThat(mass / all).isBetween(0.6, 0.6 + 1e-6);
        assertThat(seconds).isLessThan(2);
    }

    /** Eigenvalues that fall as those of real layers do, some of them 0, in any order. */
    private static double[] spectrum(Random random, int size) {
        return random.doubles(size)
                .map(x -> x < 0.05 ? 0 : Math.exp(10 * (x - 1)))
                .toArray();
    }

    private static List<Pair> sorted(double[] a, double[] b, double[] c, double[] d, double share) {
        var all = new ArrayList<Pair>();
        double total = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                all.add(new Pair(i, j, a[i] * b[j], c[i] * d[j]));
                total += c[i] * d[j];
            }
        }
        if (share == 1) {
            return all;
        }
        all.sort(Comparator.comparingDouble((Pair pair) -> -pair.score)
                .thenComparingInt(Pair::i)
                .thenComparingDouble(pair -> -b[pair.j])
                .thenComparingInt(Pair::j));
        var kept = new ArrayList<Pair>();
        double mass = 0;
        // the search adds up in another order, so that a sum may miss the target by rounding alone
        for (var pair : all) {
            if (mass >= share * total * (1 - 1e-13)) {
                break;
            }
            kept.add(pair);
            mass += pair.mass;
        }
        return kept;
    }

    private static void assertSame(PairMask mask, List<Pair> expected) {
        assertThat(mask.size()).isEqualTo(expected.size());
        assertThat(expected).allMatch(pair -> mask.keeps(pair.i, pair.j));
    }
}
