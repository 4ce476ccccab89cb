package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantisationTest {

    @Test
    void eightBitsRoundToAHundredAndTwentySeventhsOfTheRowsLargestWeight() {
        var rounded = Quantisation.INT8.roundTrip(
                new float[] {1.27f, 0.004f, -0.006f, 0.0149f, /* second row */ -127, 0.4f, 0.6f, 99.4f}, 4);
        assertThat(rounded).containsExactly(new float[] {1.27f, 0, -0.01f, 0.01f, -127, 0, 1, 99}, within(1e-7f));
    }

    @Test
    void fourBitIntegersRoundToSevenths() {
        assertThat(Quantisation.INT4.roundTrip(new float[] {7, 1.4f, -3.6f, 0.49f, 0.51f}, 5))
                .containsExactly(7, 1, -4, 0, 1);
    }

    @Test
    void fourBitBlocksHaveSixtyFourWeightsAndRunOverTheEndsOfRows() {
        var weights = new float[80];
        weights[0] = 7;
        weights[63] = 0.4f; // in units of 1
        weights[64] = 0.4f; // in units of 0.1
        weights[79] = 0.7f;
        var rounded = Quantisation.INT4.roundTrip(weights, 16);
        assertThat(rounded[63]).isZero();
        assertThat(rounded[64]).isEqualTo(0.4f, within(1e-7f));
    }

    @Test
    void normalFloatTakesTheNearestLevel() {
        // shares 0.5 and 0.505 lie on either side of the middle between 0.4407 and 0.5626
        assertThat(Quantisation.NF4.roundTrip(new float[] {2, 1, 1.01f, 0.05f, -1.9f}, 5))
                .containsExactly(new float[] {2, 2 * 0.44070983f, 2 * 0.562617f, 0, -2}, within(1e-6f));
    }

    /** QLoRA's construction: quantiles of the normal distribution, eight above 0 and seven below, scaled to ±1. */
    @Test
    void theLevelsAreQuantilesOfTheNormalDistribution() {
        var normal = new NormalDistribution();
        double offset = (29 / 30.0 + 31 / 32.0) / 2;
        double most = normal.inverseCumulativeProbability(offset);
        var expected = new TreeSet<Double>();
        expected.add(0.0);
        for (int i = 0; i < 8; i++) {
            expected.add(normal.inverseCumulativeProbability(offset + (0.5 - offset) * i / 8) / most);
        }
        for (int i = 0; i < 7; i++) {
            expected.add(-normal.inverseCumulativeProbability(offset + (0.5 - offset) * i / 7) / most);
        }
        var levels = new TreeSet<Float>();
        for (float share = -1; share <= 1; share += 0.01f) {
            levels.add(Quantisation.NF4.roundTrip(new float[] {1, share}, 2)[1]);
        }
        levels.remove(-0.0f);
        assertThat(levels.stream().mapToDouble(level -> level).toArray())
                .containsExactly(expected.stream().mapToDouble(level -> level).toArray(), within(1e-6));
    }

    @ParameterizedTest
    @EnumSource
    void roundingTwiceChangesNothingMore(Quantisation quantisation) {
        var random = new Random(5);
        var weights = new float[64 * 48];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian() * 0.02f;
        }
        var original = weights.clone();
        var once = quantisation.roundTrip(weights, 48);
        assertThat(weights).isEqualTo(original);
        assertThat(once).isNotEqualTo(weights);
        assertThat(quantisation.roundTrip(once, 48)).isEqualTo(once);
    }

    @Test
    void noWeightMovesByMoreThanHalfAStep() {
        var random = new Random(6);
        var row = new float[500];
        for (int i = 0; i < row.length; i++) {
            row[i] = random.nextFloat(-3, 3);
        }
        double step =
                IntStream.range(0, 500).mapToDouble(i -> Math.abs(row[i])).max().orElseThrow() / 127;
        var rounded = Quantisation.INT8.roundTrip(row, 500);
        assertThat(IntStream.range(0, 500)
                        .mapToDouble(i -> Math.abs(row[i] - rounded[i]))
                        .max()
                        .orElseThrow())
                .isBetween(0.45 * step, 0.5 * step + 1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void zerosStayZeros(Quantisation quantisation) {
        assertThat(quantisation.roundTrip(new float[6], 3)).containsOnly(0f);
    }

    @Test
    void refusesBrokenRowsAndWeights() {
        assertThatThrownBy(() -> Quantisation.INT8.roundTrip(new float[7], 3))
                .hasMessage("weights must fill whole rows of 3 columns but are 7");
        var weights = new float[70];
        Arrays.fill(weights, 1);
        weights[66] = Float.NaN;
        assertThatThrownBy(() -> Quantisation.NF4.roundTrip(weights, 70))
                .hasMessage("weights[66] must be finite but was NaN");
    }
}
