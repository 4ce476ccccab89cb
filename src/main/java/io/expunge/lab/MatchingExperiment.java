package io.expunge.lab;

import io.expunge.engine.Seeds;
import io.expunge.method.NetworkMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far unlearned networks are from retrained ones, method by method: the divergence of margins of Georgiev et al. 2024,
 * <a href="https://arxiv.org/abs/2410.23232">Attribute-to-Delete</a>, over many networks of each kind.
 *
 * <p>Each row's setting, and the scale of each attribution, is chosen on another forget set of the same kind, other networks
 * and other validation records.
 */
public final class MatchingExperiment implements Experiment {

    static final List<String> EDITS =
            List.of("ga", "graddiff", "neggrad", "scrub", "l1-sparse", "dmm-trak", "dmm-datamodel", "oracle");

    private static final double[] MULTIPLIERS = {0.5, 0.7, 0.85, 1, 1.2, 1.5, 2};
    /** As many steps of the progress as the networks on half the data take. */
    private static final int HALVES = 20;

    /**
     * How much is measured.
     *
     * @param models N, on each side
     * @param tuning networks that settings are chosen by, on each side
     * @param teachers retrained networks whose mean the oracle matches
     * @param checkpoints networks of TRAK
     * @param pool retained records that an attribution covers
     * @param points retained, and validation, records that are looked at
     */
    record Size(int models, int tuning, int teachers, int checkpoints, int pool, int points) {}

    private final Size size;

    MatchingExperiment(Size size) {
        this.size = size;
    }

    /** What the documentation quotes. */
    public static MatchingExperiment measured() {
        return new MatchingExperiment(new Size(100, 25, 10, 10, 2200, 300));
    }

    @Override
    public String name() {
        return "dmm";
    }

    @Override
    public boolean takesOptions() {
        return true;
    }

    @Override
    public boolean draws() {
        return true;
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var rows = LabOptions.asked("--methods", options.methods(), EDITS);
        var table = measure(MatchingProblem.of(options.dataset(), data), rows, seeds, report);
        report.picture(png -> MatchingPlot.write(table, png));
    }

    MatchingTable measure(MatchingProblem problem, List<String> rows, int seeds, Report report) {
        var table = new MatchingTable();
        for (int s = 0; s < seeds; s++) {
            new Repetition(problem, rows, Seeds.derive(92_000, s), s, seeds, table, report).measure();
        }
        table.print(report);
        return table;
    }

    /** One draw of everything. */
    private final class Repetition {

        private final MatchingProblem problem;
        private final List<String> rows;
        private final long seed;
        private final MatchingTable table;
        private final Report report;
        private final int repetition;
        private final int repetitions;
        private final MatchingSets sets;
        private final RemovalPredictions predictions;

        Repetition(
                MatchingProblem problem,
                List<String> rows,
                long seed,
                int repetition,
                int repetitions,
                MatchingTable table,
                Report report) {
            this.problem = problem;
            this.rows = rows;
            this.seed = seed;
            this.table = table;
            this.report = report;
            this.repetition = repetition;
            this.repetitions = repetitions;
            var checkpoints =
                    problem.train(problem.everything(), problem.train(), size.checkpoints(), Seeds.derive(seed, 1));
            this.sets = MatchingSets.draw(problem, checkpoints, size.pool(), size.points(), Seeds.derive(seed, 2));
            this.predictions = new RemovalPredictions(problem, sets);
            predictions.byTrak(checkpoints, Seeds.derive(seed, 3));
        }

        void measure() {
            predictions.byDatamodels(
                    Seeds.derive(seed, 4),
                    done -> progress("networks on half the data", HALVES * done / problem.halves()));
            int done = HALVES;
            for (var kind : sets.forget().keySet()) {
                measure(kind, done);
                done += rows.size() + 1;
            }
        }

        private void progress(String what, int done) {
            long all = HALVES + (rows.size() + 1L) * sets.forget().size();
            report.progress(what, repetition * all + done, repetitions * all);
        }

        private void measure(String kind, int before) {
            long own = Seeds.derive(seed, kind.hashCode());
            var tuning = new MatchingScene(
                    problem,
                    sets,
                    predictions,
                    kind,
                    MatchingSets.TUNING,
                    size.tuning(),
                    size.teachers(),
                    Seeds.derive(own, 1));
            var scene = new MatchingScene(
                    problem,
                    sets,
                    predictions,
                    kind,
                    MatchingSets.MEASURED,
                    size.models(),
                    size.teachers(),
                    Seeds.derive(own, 2));
            table.add(kind, "retrain", scene.again());
            table.add(kind, "nothing", scene.nothing());
            int done = before;
            progress(kind + ", trained", ++done);
            for (var row : rows) {
                if (row.startsWith("dmm")) {
                    predicted(kind, row, tuning, scene);
                } else {
                    edited(kind, row, 1, Optional.empty(), Optional.empty(), tuning, scene);
                }
                progress(kind + ", " + row, ++done);
            }
        }

        /** Takes the setting and scale that explain most on the tuning set. */
        private void predicted(String kind, String row, MatchingScene tuning, MatchingScene scene) {
            var candidates = predictions.of(row, kind, MatchingSets.TUNING);
            int best = 0;
            double scale = 1;
            double least = Double.POSITIVE_INFINITY;
            for (int c = 0; c < candidates.size(); c++) {
                for (double multiplier : MULTIPLIERS) {
                    double unexplained = tuning.unexplained(candidates.get(c), multiplier);
                    if (unexplained < least) {
                        best = c;
                        scale = multiplier;
                        least = unexplained;
                    }
                }
            }
            var shift = predictions.of(row, kind, MatchingSets.MEASURED).get(best);
            report.line(String.format(
                    Locale.ROOT,
                    "%s, %s: of the movement of margins, %.0f %% explained on the tuning set and %.0f %% on the measured one (setting %d, scale %.2f)",
                    kind,
                    row,
                    100 * (1 - least),
                    100 * (1 - scene.unexplained(shift, scale)),
                    best + 1,
                    scale));
            table.explained(kind, row, 1 - scene.unexplained(shift, scale));
            table.add(kind, row.replace("dmm", "direct"), scene.direct(shift, scale));
            edited(kind, row, scale, Optional.of(candidates.get(best)), Optional.of(shift), tuning, scene);
        }

        private void edited(
                String kind,
                String row,
                double scale,
                Optional<float[][]> tuningShift,
                Optional<float[][]> shift,
                MatchingScene tuning,
                MatchingScene scene) {
            var candidates = new MatchingCandidates(problem, scene.forgotten(), Seeds.derive(seed, 5)).of(row, scale);
            NetworkMethod best = candidates.getFirst();
            double least = Double.POSITIVE_INFINITY;
            for (var candidate : candidates) {
                double apart = tuning.apart(candidate, tuningShift);
                if (apart < least) {
                    best = candidate;
                    least = apart;
                }
            }
            report.line(kind + ", " + row + ": " + best);
            table.add(kind, row, scene.edit(best, shift));
        }
    }
}
