package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.FullBatch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticTest {

    private static final SyntheticProblem PROBLEM = SyntheticProblem.draw(1, 7);

    @TempDir
    private Path directory;

    @Test
    void divergenceIsThatOfTheTextbook() {
        var records = new RandomFeatures(new double[][] {{1, 0}, {0.5, 2}}, new boolean[2]);
        var p = new double[] {0.3, -1};
        var q = new double[] {-2, 0.4};
        // logits: p 0.3 and −1.85, q −2 and −0.2
        double expected = (textbook(0.3, -2) + textbook(-1.85, -0.2)) / 2;
        assertThat(records.divergence(p, q)).isCloseTo(expected, within(1e-12));
        assertThat(records.divergence(p, p)).isZero();
        // −log σ(−900) and −log σ(−450)
        assertThat(records.divergence(new double[] {900, 0}, new double[] {-900, 0}))
                .isCloseTo((900 + 450) / 2.0, within(1e-9));
    }

    private static double textbook(double from, double to) {
        double p = 1 / (1 + Math.exp(-from));
        double q = 1 / (1 + Math.exp(-to));
        return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }

    @Test
    void recordsAreDrawnAsThePaperSays() {
        // with rows e and −e, ReLU(x) − ReLU(−x) gives x back
        int d = 16;
        var weights = new double[2 * d][d];
        for (int j = 0; j < d; j++) {
            weights[j][j] = 1;
            weights[d + j][j] = -1;
        }
        int n = 20_000;
        var records = new RandomFeatures.Source(-2, -1, 1).draw(n, weights, new SplittableRandom(5));
        // what the label depends on: z = (x − μ)·1/√d ~ N(0, 1)
        var z = IntStream.range(0, n)
                .mapToDouble(i -> IntStream.range(0, d)
                                .mapToDouble(j -> records.features()[i][j] - records.features()[i][d + j] + 2)
                                .sum()
                        / Math.sqrt(d))
                .toArray();
        assertThat(DoubleStream.of(z).average().orElseThrow()).isCloseTo(0, within(0.03));
        assertThat(DoubleStream.of(z).map(one -> one * one).average().orElseThrow())
                .isCloseTo(1, within(0.04));
        // E σ(z + 1) = 0.69672 and E[z | y = 1] = 0.25514 for a slope of 1, by drawing four million numbers elsewhere
        var yes = IntStream.range(0, n).filter(i -> records.labels()[i]).toArray();
        assertThat(yes.length / (double) n).isCloseTo(0.69672, within(0.013));
        assertThat(IntStream.of(yes).mapToDouble(i -> z[i]).average().orElseThrow())
                .isCloseTo(-0.25514, within(0.03));
    }

    @Test
    void likelihoodsFollowTheLabels() {
        var records = new RandomFeatures(new double[][] {{2}, {2}}, new boolean[] {true, false});
        assertThat(records.negativeLogLikelihoods(new double[] {0.75}))
                .containsExactly(
                        new double[] {-Math.log(1 / (1 + Math.exp(-1.5))), -Math.log(1 - 1 / (1 + Math.exp(-1.5)))},
                        within(1e-12));
        assertThat(records.signed()).containsExactly(2, -2);
        assertThat(records.and(records.labelled(new boolean[] {false, false})).labels())
                .containsExactly(true, false, false, false);
    }

    @Test
    void problemsHaveThePublishedSizesAndRefusalsAreHalfAndHalf() {
        assertThat(PROBLEM.forget().size()).isEqualTo(200);
        assertThat(PROBLEM.retain().size()).isEqualTo(1000);
        assertThat(PROBLEM.unseenForget().size()).isEqualTo(1000);
        assertThat(PROBLEM.unseenRetain().size()).isEqualTo(1000);
        assertThat(PROBLEM.forget().features()[0]).hasSize(128);
        assertThat(PROBLEM.refusals().features()).isSameAs(PROBLEM.forget().features());
        var refusals = PROBLEM.refusals().labels();
        assertThat(IntStream.range(0, 200).filter(i -> refusals[i]).count()).isBetween(70L, 130L);
    }

    @Test
    void trainingIsLogisticRegressionFromZero() {
        var records = PROBLEM.forget();
        var expected = new double[SyntheticProblem.FEATURES];
        for (int step = 0; step < 60; step++) {
            var gradient = crossEntropy(records, expected);
            for (int j = 0; j < expected.length; j++) {
                expected[j] -= 0.05 * gradient[j];
            }
        }
        try (var descent = new FullBatch()) {
            assertThat(SyntheticLosses.train(descent, records, 60, 0.05)).containsExactly(expected, within(1e-9));
        }
    }

    @ParameterizedTest
    @EnumSource(SyntheticMethod.class)
    void gradientsAreTheClosedOnes(SyntheticMethod method) {
        double beta = 0.8;
        var reference = point(1);
        var theta = point(2);
        var expected = closed(method, beta, reference, theta);
        try (var descent = new FullBatch()) {
            var losses = new SyntheticLosses(descent, PROBLEM, reference);
            assertThat(descent.gradient(theta, at -> method.loss(losses, at, beta)))
                    .containsExactly(expected, within(1e-8));
        }
    }

    private static double[] closed(SyntheticMethod method, double beta, double[] reference, double[] theta) {
        var keeping = crossEntropy(PROBLEM.retain(), theta);
        var ones = DoubleStream.generate(() -> 1).limit(200).toArray();
        var forget = PROBLEM.forget();
        return switch (method) {
            case GA -> sum(-1, weighed(forget, theta, ones), 0, keeping);
            case GA_RT -> sum(-1, weighed(forget, theta, ones), 1, keeping);
            case NPO -> sum(-1, weighed(forget, theta, npoWeights(beta, reference, theta)), 0, keeping);
            case NPO_RT -> sum(-1, weighed(forget, theta, npoWeights(beta, reference, theta)), 1, keeping);
            case IDK_RT -> sum(1, weighed(PROBLEM.refusals(), theta, ones), 1, keeping);
            case DPO_RT -> {
                // −2σ(−βm)/n (∇NLL(y) − ∇NLL(idk))
                var now = margins(theta);
                var before = margins(reference);
                var weights = IntStream.range(0, 200)
                        .mapToDouble(i -> 2 / (1 + Math.exp(beta * (now[i] - before[i]))))
                        .toArray();
                var both = sum(-1, weighed(forget, theta, weights), 1, weighed(PROBLEM.refusals(), theta, weights));
                yield sum(1, both, 1, keeping);
            }
        };
    }

    private static double[] margins(double[] theta) {
        var answers = PROBLEM.forget().negativeLogLikelihoods(theta);
        var refusals = PROBLEM.refusals().negativeLogLikelihoods(theta);
        return IntStream.range(0, 200)
                .mapToDouble(i -> answers[i] - refusals[i])
                .toArray();
    }

    /** W = 2 π_θ^β / (π_θ^β + π_ref^β). */
    private static double[] npoWeights(double beta, double[] reference, double[] theta) {
        var now = PROBLEM.forget().negativeLogLikelihoods(theta);
        var before = PROBLEM.forget().negativeLogLikelihoods(reference);
        return IntStream.range(0, 200)
                .mapToDouble(
                        i -> 2 * Math.exp(-beta * now[i]) / (Math.exp(-beta * now[i]) + Math.exp(-beta * before[i])))
                .toArray();
    }

    private static double[] crossEntropy(RandomFeatures records, double[] theta) {
        return weighed(
                records,
                theta,
                DoubleStream.generate(() -> 1).limit(records.size()).toArray());
    }

    /** (1/n) Σ wᵢ (σ(zᵢ) − yᵢ) φᵢ. */
    private static double[] weighed(RandomFeatures records, double[] theta, double[] weights) {
        var gradient = new double[theta.length];
        for (int i = 0; i < records.size(); i++) {
            var row = records.features()[i];
            double z = IntStream.range(0, row.length)
                    .mapToDouble(j -> row[j] * theta[j])
                    .sum();
            double error = 1 / (1 + Math.exp(-z)) - (records.labels()[i] ? 1 : 0);
            for (int j = 0; j < row.length; j++) {
                gradient[j] += weights[i] * error * row[j] / records.size();
            }
        }
        return gradient;
    }

    private static double[] sum(double a, double[] x, double b, double[] y) {
        return IntStream.range(0, x.length)
                .mapToDouble(i -> a * x[i] + b * y[i])
                .toArray();
    }

    private static double[] point(long seed) {
        var random = new Random(seed);
        return DoubleStream.generate(() -> random.nextGaussian() / 4)
                .limit(SyntheticProblem.FEATURES)
                .toArray();
    }

    @Test
    void reachingIsToldByTheMeanOfTheSeeds() {
        var curves = new SyntheticCurves(50, 25);
        for (var method : SyntheticMethod.values()) {
            for (int seed = 0; seed < 2; seed++) {
                var curve = curves.open(1, method);
                curve.add(0.1, 0.01);
                // one seed is there after 25 steps, their mean only after 50
                curve.add(seed == 0 ? 0.001 : 0.02, 0.02 + seed);
                curve.add(method == SyntheticMethod.IDK_RT ? 0.1 : 0.004, 0.03 + seed);
            }
        }
        var report = report();
        curves.print(1, report);
        assertThat(report.figures())
                .containsEntry("alpha1.npo.forgetreached.mean", 50.0)
                .containsEntry("alpha1.npo.forgetdistance.mean", 0.004)
                .containsEntry("alpha1.npo.forgetdistance.p50", 0.004)
                .containsEntry("alpha1.npo.seedsforgotten.n", 2.0)
                .containsEntry("alpha1.idk-rt.seedsforgotten.n", 1.0)
                .doesNotContainKey("alpha1.idk-rt.forgetreached.mean");
        assertThat(report.figures().get("alpha1.npo.retainatreached.mean")).isCloseTo(0.53, within(1e-12));
        assertThat(report.figures().get("alpha1.npo.retaindistance.sd")).isCloseTo(Math.sqrt(0.5), within(1e-12));
    }

    @Test
    void aShortRunGivesEveryFigureTheSameTwiceAndAPicture() throws Exception {
        var first = report();
        var second = report();
        new SyntheticExperiment(400, 50, 25).run(Path.of(""), 2, LabOptions.DEFAULTS, first);
        new SyntheticExperiment(400, 50, 25).run(Path.of(""), 2, LabOptions.DEFAULTS, second);
        assertThat(second.figures()).isEqualTo(first.figures());
        assertThat(first.figures().keySet()).containsAll(expectedKeys());
        assertThat(first.figures()).containsEntry("alpha0.dpo-rt.retaindistance.n", 2.0);
        second.draw(directory.resolve("a.png"));
        var picture = ImageIO.read(directory.resolve("a.png").toFile());
        assertThat(Map.of("width", picture.getWidth(), "height", picture.getHeight()))
                .isEqualTo(Map.of("width", 1240, "height", 880));
    }

    private static TreeSet<String> expectedKeys() {
        var keys = new TreeSet<String>();
        for (var alpha : new String[] {"alpha1", "alpha0"}) {
            for (var method : new String[] {"ga", "ga-rt", "npo", "npo-rt", "idk-rt", "dpo-rt"}) {
                for (var metric : new String[] {"forgetdistance", "retaindistance"}) {
                    Stream.of("mean", "sd", "n")
                            .forEach(statistic -> keys.add(String.join(".", alpha, method, metric, statistic)));
                }
            }
        }
        return keys;
    }

    private static Report report() {
        return new Report(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
    }
}
