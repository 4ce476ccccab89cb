package io.expunge.lab;

import io.expunge.engine.Seeds;
import io.expunge.method.NetworkMethod;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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
        return new MatchingExperiment(new Size(100, 25, 10, 5, 2100, 250));
    }

    @Override
    public String name() {
        return "dmm";
    }

    @Override
    public Set<String> takes() {
        return Set.of("--dataset", "--methods");
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

    /**
     * Of an estimator.
     *
     * @param setting place among the values of its penalty
     * @param scale of its predictions
     */
    private record Calibration(int setting, double scale) {}

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
            Map<String, MatchingScene> tuning = new LinkedHashMap<>();
            for (var kind : sets.forget().keySet()) {
                tuning.put(kind, scene(kind, MatchingSets.TUNING, size.tuning()));
            }
            Map<String, Calibration> calibrations = new LinkedHashMap<>();
            rows.stream()
                    .filter(row -> row.startsWith("dmm"))
                    .forEach(row -> calibrations.put(row, calibrated(row, tuning)));
            int done = HALVES;
            for (var kind : sets.forget().keySet()) {
                measure(kind, Objects.requireNonNull(tuning.get(kind)), calibrations, done);
                done += rows.size() + 1;
            }
        }

        private MatchingScene scene(String kind, int half, int models) {
            return new MatchingScene(
                    problem,
                    sets,
                    predictions,
                    kind,
                    half,
                    models,
                    size.teachers(),
                    Seeds.derive(Seeds.derive(seed, kind.hashCode()), half));
        }

        private void progress(String what, int done) {
            long all = HALVES + (rows.size() + 1L) * sets.forget().size();
            report.progress(what, repetition * all + done, repetitions * all);
        }

        private void measure(String kind, MatchingScene tuning, Map<String, Calibration> calibrations, int before) {
            var scene = scene(kind, MatchingSets.MEASURED, size.models());
            table.add(kind, "retrain", scene.again());
            table.add(kind, "nothing", scene.nothing());
            int done = before;
            progress(kind + ", trained", ++done);
            for (var row : rows) {
                var calibration = calibrations.get(row);
                if (calibration != null) {
                    predicted(kind, row, calibration, tuning, scene);
                } else {
                    edited(kind, row, 1, Optional.empty(), Optional.empty(), tuning, scene);
                }
                progress(kind + ", " + row, ++done);
            }
        }

        /** The penalty and the scale that explain most of how margins move on the tuning sets of all kinds together. */
        private Calibration calibrated(String row, Map<String, MatchingScene> tuning) {
            var best = new Calibration(0, 1);
            double most = Double.NEGATIVE_INFINITY;
            int settings = predictions.settings(row);
            for (int c = 0; c < settings; c++) {
                for (double multiplier : MULTIPLIERS) {
                    int setting = c;
                    double explained = tuning.entrySet().stream()
                            .map(scene -> scene.getValue()
                                    .movement(
                                            predictions
                                                    .of(row, scene.getKey(), MatchingSets.TUNING)
                                                    .get(setting),
                                            multiplier))
                            .reduce(MatchingScene.Movement::and)
                            .orElseThrow()
                            .explained();
                    if (explained > most) {
                        best = new Calibration(setting, multiplier);
                        most = explained;
                    }
                }
            }
            report.line(String.format(
                    Locale.ROOT,
                    "%s: explains %.0f %% of how margins move on the tuning sets (setting %d of %d, scale %.2f)",
                    row,
                    100 * most,
                    best.setting() + 1,
                    settings,
                    best.scale()));
            return best;
        }

        private void predicted(
                String kind, String row, Calibration calibration, MatchingScene tuning, MatchingScene scene) {
            var shift = predictions.of(row, kind, MatchingSets.MEASURED).get(calibration.setting());
            table.explained(
                    kind, row, scene.movement(shift, calibration.scale()).explained());
            table.add(kind, row.replace("dmm", "direct"), scene.direct(shift, calibration.scale()));
            edited(
                    kind,
                    row,
                    calibration.scale(),
                    Optional.of(predictions.of(row, kind, MatchingSets.TUNING).get(calibration.setting())),
                    Optional.of(shift),
                    tuning,
                    scene);
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
