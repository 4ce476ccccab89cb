package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.expunge.engine.FullBatch;
import io.expunge.engine.Lane;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceLossesTest {

    private static final double[] NLL = new Random(1).doubles(12, 0, 8).toArray();
    private static final double[] REFERENCE = new Random(2).doubles(12, 0, 8).toArray();

    private final FullBatch descent = new FullBatch();

    @AfterEach
    void close() {
        descent.close();
    }

    @Test
    void npoIsTheFormulaWorkedOutByHand() {
        // (2/2) mean(ln(1 + e^0), ln(1 + e^-2)) = (0.693147 + 0.126928) / 2
        assertThat(value(new double[] {1, 2}, nll -> PreferenceLosses.npo(nll, vector(1, 1), 2)))
                .isCloseTo(0.4100375958014589, within(1e-9));
    }

    @Test
    void simNpoIsTheFormulaWorkedOutByHand() {
        // NLL/|y| − γ = 2 − 1/2 and 1/2 − 1/2: (2/2) mean(ln(1 + e^-3), ln 2) = (0.048587 + 0.693147) / 2
        assertThat(value(new double[] {6, 2}, nll -> PreferenceLosses.simNpo(nll, vector(3, 4), 2, 0.5)))
                .isCloseTo(0.37086726606684367, within(1e-9));
    }

    @Test
    void dpoIsTheFormulaWorkedOutByHand() {
        // (−1 + 3) − (−2 + 5/2) = 3/2, so (2/½) ln(1 + e^−¾) = 4 · 0.386871
        assertThat(value(new double[] {3}, nll -> PreferenceLosses.dpo(vector(1), nll, vector(2), vector(2.5), 0.5)))
                .isCloseTo(1.5474840244595998, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.1, 1, 4.5})
    void npoWeighsGradientAscentByTheLikelihoodRatio(double beta) {
        var gradient = descent.gradient(NLL, nll -> PreferenceLosses.npo(nll, vector(REFERENCE), beta));
        for (int i = 0; i < NLL.length; i++) {
            double now = Math.exp(-beta * NLL[i]);
            double before = Math.exp(-beta * REFERENCE[i]);
            // gradient ascent has −1/n
            assertThat(gradient[i]).isCloseTo(-2 * now / (now + before) / NLL.length, within(1e-9));
        }
    }

    @Test
    void gradientsAgreeWithFiniteDifferencesOfTheFormulas() {
        var lengths = new Random(3).ints(12, 1, 9).asDoubleStream().toArray();
        var refusal = new Random(4).doubles(12, 0, 8).toArray();
        var refusalReference = new Random(5).doubles(12, 0, 8).toArray();
        agree(nll -> PreferenceLosses.npo(nll, vector(REFERENCE), 0.7), nll -> mean(0.7, i -> nll[i] - REFERENCE[i]));
        agree(
                nll -> PreferenceLosses.simNpo(nll, vector(lengths), 2.5, 0.3),
                nll -> mean(2.5, i -> nll[i] / lengths[i] - 0.3));
        agree(
                nll -> PreferenceLosses.dpo(vector(refusal), nll, vector(refusalReference), vector(REFERENCE), 0.4),
                nll -> mean(0.4, i -> nll[i] - refusal[i] - (REFERENCE[i] - refusalReference[i])));
        agree(
                idk -> PreferenceLosses.dpo(idk, vector(refusal), vector(refusalReference), vector(REFERENCE), 0.4),
                idk -> mean(0.4, i -> refusal[i] - idk[i] - (REFERENCE[i] - refusalReference[i])));
    }

    @Test
    void npoBecomesGradientAscentAsBetaVanishes() {
        double beta = 1e-7;
        UnaryOperator<NDArray> npo = nll -> PreferenceLosses.npo(nll, vector(REFERENCE), beta);
        for (double weight : descent.gradient(NLL, npo)) {
            assertThat(weight).isCloseTo(-1.0 / NLL.length, within(1e-6));
        }
        double farther = value(NLL, nll -> PreferenceLosses.npo(nll.add(3), vector(REFERENCE), beta));
        assertThat(farther - value(NLL, npo)).isCloseTo(-3, within(1e-5));
    }

    @Test
    void answersOfThousandsOfNatsGiveFiniteValuesInSinglePrecision() {
        Lane.hold(() -> {
            try (var manager = NDManager.newBaseManager("PyTorch")) {
                var nll = manager.create(new float[] {0, 9000});
                nll.setRequiresGradient(true);
                var reference = manager.create(new float[] {9000, 0});
                try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                    var loss = PreferenceLosses.npo(nll, reference, 4.5);
                    // one is remembered far better than before, the other forgotten: 2/β · (β 9000 + 0) / 2
                    assertThat(loss.getFloat()).isCloseTo(9000, within(0.01f));
                    collector.backward(loss);
                }
                assertThat(nll.getGradient().toFloatArray()).containsExactly(new float[] {-1, 0}, within(1e-6f));
                return true;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void betaMustBeAPositiveNumber(double beta) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PreferenceLosses.npo(vector(1), vector(1), beta))
                .withMessageContaining("beta");
    }

    private interface Margin {
        double of(int i);
    }

    /** (2/β) mean ln(1 + e^(−β m)) in the plainest way. */
    private static double mean(double beta, Margin margin) {
        double sum = 0;
        for (int i = 0; i < NLL.length; i++) {
            sum += Math.log(1 + Math.exp(-beta * margin.of(i)));
        }
        return 2 / beta * sum / NLL.length;
    }

    private void agree(UnaryOperator<NDArray> loss, ToDoubleFunction<double[]> formula) {
        assertThat(value(NLL, loss)).isCloseTo(formula.applyAsDouble(NLL), within(1e-8));
        var gradient = descent.gradient(NLL, loss);
        for (int i = 0; i < NLL.length; i++) {
            var up = NLL.clone();
            var down = NLL.clone();
            up[i] += 1e-4;
            down[i] -= 1e-4;
            assertThat(gradient[i])
                    .isCloseTo((formula.applyAsDouble(up) - formula.applyAsDouble(down)) / 2e-4, within(1e-8));
        }
    }

    private double value(double[] at, UnaryOperator<NDArray> loss) {
        var seen = new double[1];
        descent.gradient(at, nll -> {
            var value = loss.apply(nll);
            seen[0] = value.getDouble();
            return value;
        });
        return seen[0];
    }

    private NDArray vector(double... values) {
        return descent.constant(values, values.length);
    }
}
