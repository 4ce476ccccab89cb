package io.expunge.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * TOFU, Maini et al. 2024, <a href="https://arxiv.org/abs/2401.06121">paper</a>, with models that are trained here.
 *
 * <p>The original of a seed learned everything, its retrained twin everything but the forget set; the null is the
 * retrained model of the next seed, the last seed's the first one's. A method's setting is the one of four whose harmonic
 * mean of 1 − D and utility, in the original's, is highest on the models of a seed that takes no part in the table.
 */
public final class TofuExperiment implements Experiment {

    private static final List<String> DEFAULT = List.of("forget05", "forget10");
    private static final int TUNING_SEED = 1_007;

    @Override
    public String name() {
        return "tofu";
    }

    @Override
    public boolean takesOptions() {
        return true;
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        if (seeds < 2) {
            throw new LabOptions.Refused("--seeds must be at least 2: the null is another seed's model");
        }
        var splits =
                options.splits().isEmpty() ? DEFAULT : LabOptions.asked("--split", options.splits(), TofuData.SPLITS);
        var rows = LabOptions.asked("--methods", options.methods(), TofuTable.ROWS);
        try (var texts = new TofuData(data, options.authors())) {
            var models = TofuModels.of(texts, options, report);
            int done = 0;
            int total = splits.size() * (seeds + 1);
            for (var name : splits) {
                var split = texts.split(name);
                var chosen = tuned(models, split, rows, report);
                report.progress(name + " tuned", ++done, total);
                var table = new TofuTable(name, split, models, report);
                for (int seed = 0; seed < seeds; seed++) {
                    measure(models, split, seed, (seed + 1) % seeds, rows, chosen, table, report);
                    report.progress(name + " seed " + seed, ++done, total);
                }
                table.print();
            }
        }
    }

    private static void measure(
            TofuModels models,
            TofuData.Split split,
            int seed,
            int other,
            List<String> rows,
            Map<String, Integer> chosen,
            TofuTable table,
            Report report) {
        try (var one = new TofuSeed(models, split, seed, report)) {
            for (var row : rows) {
                table.add(
                        row,
                        switch (row) {
                            case "original" -> one.original();
                            case "retrain" -> one.retrain();
                            case "null" -> one.other(other);
                            default ->
                                one.edited(
                                        TofuMethods.settings(row, seed).get(Objects.requireNonNull(chosen.get(row))));
                        });
            }
        }
    }

    /** By row, which of its settings is used. */
    private static Map<String, Integer> tuned(
            TofuModels models, TofuData.Split split, List<String> rows, Report report) {
        var chosen = new LinkedHashMap<String, Integer>();
        try (var problem = new TofuSeed(models, split, TUNING_SEED, report)) {
            for (var row : rows) {
                if (TofuMethods.edits(row)) {
                    chosen.put(row, best(problem, row, report));
                }
            }
        }
        return chosen;
    }

    private static int best(TofuSeed problem, String row, Report report) {
        var settings = TofuMethods.settings(row, TUNING_SEED);
        if (settings.size() == 1) {
            return 0;
        }
        double whole = Math.max(
                TofuTable.LEAST, Objects.requireNonNull(problem.untouched().get("mu")));
        int best = 0;
        double highest = -1;
        var tried = new ArrayList<String>();
        for (int i = 0; i < settings.size(); i++) {
            var figures = problem.tried(settings.get(i));
            double distance = Objects.requireNonNull(figures.get("ksd"));
            double utility = Objects.requireNonNull(figures.get("mu")) / whole;
            double score = 2 / (1 / Math.max(TofuTable.LEAST, 1 - distance) + 1 / Math.max(TofuTable.LEAST, utility));
            tried.add(String.format(Locale.ROOT, "D %.3f, utility %.3f", distance, utility));
            if (score > highest) {
                highest = score;
                best = i;
            }
        }
        report.line(row + ": setting " + (best + 1) + " of " + tried + ": " + settings.get(best));
        return best;
    }
}
