package io.expunge.lab;

import io.expunge.engine.Ensemble;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Recipe;
import io.expunge.engine.Seeds;
import io.expunge.engine.Trainer;
import io.expunge.influence.Datamodels;
import io.expunge.influence.Trak;
import io.expunge.metric.LinearDatamodelingScore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * The linear datamodeling score of each estimator of attribution on optdigits, over the number of models, against models that
 * were trained on held-out halves of the data; and how many models a minute are trained one by one and side by side.
 */
public final class AttributionExperiment implements Experiment {

    /** One hidden layer of 32 on 64 features. */
    private static final Mlp DIGITS = new Mlp(64, List.of(32), 10);

    private static final Recipe RECIPE = new Recipe(15, 128, 0.1, 0.9, 5e-4, Recipe.Schedule.COSINE, false);

    private static final int TRAK_DIMENSIONS = 512;
    /** In multiples of the curvature that weight decay gives a training. */
    private static final double[] RIDGES = {1, 10, 100, 1000};

    private static final double[] SHARES = {0.05, 0.1, 0.2, 0.4};
    private static final int LASSO_STEPS = 100;

    /**
     * How much is measured.
     *
     * @param curve numbers of half-data models, ascending; the last is all of them
     * @param choosing models on which penalties are chosen, part of the number that is reported
     * @param checkpoints numbers of models for TRAK, ascending
     * @param points of the test set that are explained
     * @param heldOut parts that the score is taken over
     * @param repeats models whose mean is a held-out part's truth
     * @param alone models that are trained one by one for the comparison of speeds
     */
    record Size(
            List<Integer> curve,
            int choosing,
            List<Integer> checkpoints,
            int points,
            int heldOut,
            int repeats,
            int alone) {}

    private final Size size;

    AttributionExperiment(Size size) {
        this.size = size;
    }

    /** What the documentation quotes. */
    public static AttributionExperiment measured() {
        return new AttributionExperiment(
                new Size(List.of(1000, 2500, 5000, 10_000), 500, List.of(1, 3, 10), 200, 100, 5, 30));
    }

    @Override
    public String name() {
        return "lds";
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var digits = LabData.optdigits(data);
        var table = new AttributionTable();
        for (int s = 0; s < seeds; s++) {
            new Repetition(digits, s, report, seeds, table).measure();
        }
        table.print(report);
    }

    /** One draw of everything. */
    private final class Repetition {

        private final long seed;
        private final HalfModels models;
        private final Report report;
        private final AttributionTable table;
        private final long before;
        private final long all;
        private final int[][] heldOut;
        private final int[][] choosing;

        Repetition(LabData digits, int repetition, Report report, int repetitions, AttributionTable table) {
            this.seed = Seeds.derive(81_000, repetition);
            this.report = report;
            this.table = table;
            var points = new SplittableRandom(Seeds.derive(seed, 1))
                    .ints(0, digits.test().size())
                    .distinct()
                    .limit(size.points())
                    .toArray();
            this.models =
                    new HalfModels(DIGITS, RECIPE, digits.train(), digits.test().subset(points));
            this.heldOut = models.halves(size.heldOut(), Seeds.derive(seed, 2));
            this.choosing = models.halves(size.choosing(), Seeds.derive(seed, 3));
            long own = size.curve().getLast() + (long) size.heldOut() * size.repeats();
            this.before = own * repetition;
            this.all = own * repetitions;
        }

        void measure() {
            table.speed(alone(), sideBySide());
            var truths = truths();
            var truth = mean(truths);
            table.ceiling(agreement(truths));
            var choice = models.margins(choosing, Seeds.derive(seed, 4), progress("to choose by", truthModels()));
            trak(truth, choice);
            datamodels(truth, choice);
        }

        private int truthModels() {
            return size.heldOut() * size.repeats();
        }

        private HalfModels.Taken progress(String what, long offset) {
            return (batch, done) -> report.progress("models " + what, before + offset + done, all);
        }

        /** Models a minute, one after the other. */
        private double alone() {
            var parts = models.halves(size.alone(), Seeds.derive(seed, 5));
            long begun = System.nanoTime();
            for (int m = 0; m < parts.length; m++) {
                Trainer.train(DIGITS, RECIPE, models.train().subset(parts[m]), Seeds.derive(seed, m), Monitor.NONE)
                        .close();
            }
            return perMinute(parts.length, begun);
        }

        private double sideBySide() {
            int count = HalfModels.SIDE_BY_SIDE;
            var parts = models.halves(count, Seeds.derive(seed, 6));
            long begun = System.nanoTime();
            Ensemble.train(
                            DIGITS,
                            RECIPE,
                            models.train(),
                            parts,
                            HalfModels.seeds(Seeds.derive(seed, 7), 0, count),
                            Monitor.NONE)
                    .close();
            return perMinute(count, begun);
        }

        private static double perMinute(int count, long begun) {
            return count * 60e9 / (System.nanoTime() - begun);
        }

        /** Margins of the models of each repeat, repeats × held-out parts × points. */
        private List<double[][]> truths() {
            List<double[][]> truths = new ArrayList<>();
            for (int r = 0; r < size.repeats(); r++) {
                var margins = models.margins(
                        heldOut,
                        Seeds.derive(Seeds.derive(seed, 8), r),
                        progress("on held-out halves", (long) r * size.heldOut()));
                truths.add(doubles(margins));
            }
            return truths;
        }

        private void trak(double[][] truth, float[][] choice) {
            int most = size.checkpoints().getLast();
            var parts = models.halves(most, Seeds.derive(seed, 9));
            var byRidge = Arrays.stream(RIDGES)
                    .mapToObj(ridge -> new Trak(
                            DIGITS,
                            models.train(),
                            models.points(),
                            TRAK_DIMENSIONS,
                            ridge * RECIPE.weightDecay() * parts[0].length))
                    .toList();
            try (var ensemble = Ensemble.train(
                    DIGITS,
                    RECIPE,
                    models.train(),
                    parts,
                    HalfModels.seeds(Seeds.derive(seed, 10), 0, most),
                    Monitor.NONE)) {
                var logits = ensemble.logits(models.train());
                for (int m = 0; m < most; m++) {
                    for (var trak : byRidge) {
                        trak.add(ensemble.weights(m), logits[m], Seeds.derive(Seeds.derive(seed, 11), m));
                    }
                    if (size.checkpoints().contains(m + 1)) {
                        score("TRAK", m + 1, byRidge.stream().map(Trak::scores).toList(), truth, choice, false);
                    }
                }
            } finally {
                byRidge.forEach(Trak::close);
            }
        }

        private void datamodels(double[][] truth, float[][] choice) {
            int fitted = size.curve().getLast() - size.choosing();
            var parts = models.halves(fitted, Seeds.derive(seed, 12));
            try (var datamodels =
                    new Datamodels(models.train().size(), models.points().size())) {
                models.train(parts, Seeds.derive(seed, 13), (batch, done) -> {
                    datamodels.add(batch.parts(), batch.margins());
                    progress("to explain", (long) truthModels() + size.choosing())
                            .take(batch, done);
                    if (size.curve().contains(done + size.choosing())) {
                        score("differences", done, List.<float[][]>of(datamodels.differences()), truth, choice, true);
                        score(
                                "lasso",
                                done + size.choosing(),
                                Arrays.stream(SHARES)
                                        .mapToObj(share -> datamodels.lasso(share, LASSO_STEPS))
                                        .toList(),
                                truth,
                                choice,
                                true);
                    }
                });
            }
        }

        /** Takes at each point the candidate that explains the choosing models best, and scores it on the held-out parts. */
        private void score(
                String estimator,
                int count,
                List<float[][]> candidates,
                double[][] truth,
                float[][] choice,
                boolean eachPoint) {
            var fits = candidates.stream()
                    .map(tau -> LinearDatamodelingScore.of(Datamodels.predicted(tau, choosing), doubles(choice)))
                    .toList();
            var chosen = new int[size.points()];
            for (int x = 0; x < chosen.length; x++) {
                for (int c = 1; c < candidates.size(); c++) {
                    if (fit(fits.get(c), x, eachPoint) > fit(fits.get(chosen[x]), x, eachPoint)) {
                        chosen[x] = c;
                    }
                }
            }
            var scores = candidates.stream()
                    .map(tau -> LinearDatamodelingScore.of(Datamodels.predicted(tau, heldOut), truth))
                    .toList();
            var best = new double[chosen.length];
            Arrays.setAll(best, x -> scores.get(chosen[x])[x]);
            table.add(estimator, count, best, LinearDatamodelingScore.interval(best, Seeds.derive(seed, 14)));
            report.line(String.format(
                    Locale.ROOT,
                    "%s, %d models: %.3f",
                    estimator,
                    count,
                    DoubleStream.of(best).average().orElseThrow()));
        }

        private static double fit(double[] fits, int point, boolean eachPoint) {
            return eachPoint ? fits[point] : DoubleStream.of(fits).average().orElseThrow();
        }
    }

    /** How far two models of one part agree: Spearman's correlation of their margins over the parts, at each point. */
    private static double[] agreement(List<double[][]> truths) {
        if (truths.size() < 2) {
            return new double[] {1};
        }
        var sum = new double[truths.getFirst()[0].length];
        int pairs = 0;
        for (int a = 0; a < truths.size(); a++) {
            for (int b = a + 1; b < truths.size(); b++) {
                var scores = LinearDatamodelingScore.of(truths.get(a), truths.get(b));
                Arrays.setAll(sum, x -> sum[x] + scores[x]);
                pairs++;
            }
        }
        int count = pairs;
        return Arrays.stream(sum).map(value -> value / count).toArray();
    }

    private static double[][] mean(List<double[][]> truths) {
        var mean = new double[truths.getFirst().length][truths.getFirst()[0].length];
        for (var truth : truths) {
            for (int s = 0; s < mean.length; s++) {
                for (int x = 0; x < mean[s].length; x++) {
                    mean[s][x] += truth[s][x] / truths.size();
                }
            }
        }
        return mean;
    }

    private static double[][] doubles(float[][] rows) {
        var doubles = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            doubles[i] = new double[rows[i].length];
            for (int x = 0; x < rows[i].length; x++) {
                doubles[i][x] = rows[i][x];
            }
        }
        return doubles;
    }
}
