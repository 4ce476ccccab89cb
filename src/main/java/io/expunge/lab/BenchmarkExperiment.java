package io.expunge.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The methods for language models side by side on a benchmark's texts, with models that are trained here.
 *
 * <p>The original of a seed learned everything, its retrained twin everything but the forget set; the null is the
 * retrained model of the next seed, the last seed's the first one's. A method's setting is the one of four whose harmonic
 * mean of 1 − D and utility, in the original's, is highest on the models of a seed that takes no part in the table.
 */
public final class BenchmarkExperiment implements Experiment {

    private static final int TUNING_SEED = 1_007;

    private interface Reader {
        TextBenchmark read(Path data, int documents);
    }

    private final String name;
    private final Reader reader;

    private BenchmarkExperiment(String name, Reader reader) {
        this.name = name;
        this.reader = reader;
    }

    /** {@link Tofu}. */
    public static Experiment tofu() {
        return new BenchmarkExperiment("tofu", Tofu::new);
    }

    /** {@link Lume}. */
    public static Experiment lume() {
        return new BenchmarkExperiment("lume", Lume::new);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> takes() {
        return Set.of("--split", "--methods", "--authors", "--layers", "--width", "--epochs", "--cache");
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        if (seeds < 2) {
            throw new LabOptions.Refused("--seeds must be at least 2: the null is another seed's model");
        }
        var rows = LabOptions.asked("--methods", options.methods(), BenchmarkTable.ROWS);
        try (var texts = reader.read(data, options.authors())) {
            var splits = options.splits().isEmpty()
                    ? texts.usual()
                    : LabOptions.asked("--split", options.splits(), TextBenchmark.SPLITS);
            var models = BenchmarkModels.of(texts, options, report);
            int done = 0;
            int total = splits.size() * (seeds + 1);
            for (var name : splits) {
                var split = texts.split(name);
                var chosen = tuned(models, split, rows, report);
                report.progress(name + " tuned", ++done, total);
                var table = new BenchmarkTable(name, split, models, report);
                for (int seed = 0; seed < seeds; seed++) {
                    measure(models, split, seed, (seed + 1) % seeds, rows, chosen, table, report);
                    report.progress(name + " seed " + seed, ++done, total);
                }
                table.print();
            }
        }
    }

    private static void measure(
            BenchmarkModels models,
            TextBenchmark.Split split,
            int seed,
            int other,
            List<String> rows,
            Map<String, Integer> chosen,
            BenchmarkTable table,
            Report report) {
        try (var one = new BenchmarkSeed(models, split, seed, report)) {
            for (var row : rows) {
                table.add(
                        row,
                        switch (row) {
                            case "original" -> one.original();
                            case "retrain" -> one.retrain();
                            case "null" -> one.other(other);
                            default ->
                                one.edited(BenchmarkMethods.settings(row, seed)
                                        .get(Objects.requireNonNull(chosen.get(row))));
                        });
            }
        }
    }

    /** By row, which of its settings is used. */
    private static Map<String, Integer> tuned(
            BenchmarkModels models, TextBenchmark.Split split, List<String> rows, Report report) {
        var chosen = new LinkedHashMap<String, Integer>();
        try (var problem = new BenchmarkSeed(models, split, TUNING_SEED, report)) {
            for (var row : rows) {
                if (BenchmarkMethods.edits(row)) {
                    chosen.put(row, best(problem, row, report));
                }
            }
        }
        return chosen;
    }

    private static int best(BenchmarkSeed problem, String row, Report report) {
        var settings = BenchmarkMethods.settings(row, TUNING_SEED);
        if (settings.size() == 1) {
            return 0;
        }
        double whole = Math.max(
                BenchmarkTable.LEAST, Objects.requireNonNull(problem.untouched().get("mu")));
        int best = 0;
        double highest = -1;
        var tried = new ArrayList<String>();
        for (int i = 0; i < settings.size(); i++) {
            var figures = problem.tried(settings.get(i));
            double distance = Objects.requireNonNull(figures.get("ksd"));
            double utility = Objects.requireNonNull(figures.get("mu")) / whole;
            double score = 2
                    / (1 / Math.max(BenchmarkTable.LEAST, 1 - distance) + 1 / Math.max(BenchmarkTable.LEAST, utility));
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
