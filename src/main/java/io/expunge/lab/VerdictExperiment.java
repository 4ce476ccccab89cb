package io.expunge.lab;

import io.expunge.engine.Examples;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Recipe;
import io.expunge.engine.Trainer;
import io.expunge.metric.Answers;
import io.expunge.metric.Battery;
import io.expunge.metric.EvaluationSets;
import io.expunge.metric.Thresholds;
import io.expunge.metric.Verdict;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tests the verdict as any instrument is tested: what share of honest retrainings passes, and what share of planted
 * cheats does not.
 */
public final class VerdictExperiment implements Experiment {

    private static final int REFERENCES = 5;
    /** A few records can show little but that they are too few; every fourth seed suffices for that. */
    private static final int EVERY_FEW = 4;

    private static final Set<String> ALL = Set.of("optdigits", "mnist10k");

    private final String name;
    private final long firstSeed;
    private final Set<String> dataSets;

    VerdictExperiment(String name, long firstSeed, Set<String> dataSets) {
        this.name = name;
        this.firstSeed = firstSeed;
        this.dataSets = dataSets;
    }

    /** The pass rates, on seeds that the limits were not chosen on. */
    public static VerdictExperiment measured() {
        return new VerdictExperiment("verdict", 4000, ALL);
    }

    /** The same on the seeds that the limits were chosen on. */
    public static VerdictExperiment calibration() {
        return new VerdictExperiment("verdict-calibration", 0, ALL);
    }

    /** What is trained, on what. */
    private record Stage(String name, LabData data, NetworkArchitecture architecture, Recipe recipe, Set<Kind> kinds) {}

    /** What is to be forgotten. */
    private enum Kind {
        CLASS(10),
        RANDOM(20),
        FEW(30);

        /** Where the seeds of its retrainings begin, so that no two networks share one. */
        private final long firstSeed;

        Kind(long firstSeed) {
            this.firstSeed = firstSeed;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var stages = Stream.<Function<Path, Stage>>of(VerdictExperiment::optdigits, VerdictExperiment::mnist)
                .map(stage -> stage.apply(data))
                .filter(stage -> dataSets.contains(stage.name()))
                .toList();
        var tally = new VerdictTally(report);
        int done = 0;
        for (var stage : stages) {
            for (int s = 0; s < seeds; s++) {
                seed(stage, firstSeed + s, tally);
                report.progress(stage.name() + " seed " + (firstSeed + s), ++done, (long) stages.size() * seeds);
            }
            tally.print(stage.name());
        }
    }

    private static Stage optdigits(Path data) {
        return new Stage(
                "optdigits",
                LabData.optdigits(data),
                new Mlp(64, List.of(64, 64), 10),
                new Recipe(30, 128, 0.1, 0.9, 5e-4, Recipe.Schedule.COSINE, false),
                EnumSet.allOf(Kind.class));
    }

    private static Stage mnist(Path data) {
        return new Stage(
                "mnist10k",
                LabData.mnist(data, 784),
                new Mlp(784, List.of(64, 32), 10),
                new Recipe(10, 128, 0.1, 0.9, 5e-4, Recipe.Schedule.COSINE, false),
                EnumSet.of(Kind.CLASS, Kind.RANDOM));
    }

    private static void seed(Stage stage, long seed, VerdictTally tally) {
        try (var parent = train(stage, stage.data().train(), 100 * seed)) {
            for (var kind : stage.kinds()) {
                if (kind == Kind.FEW && seed % EVERY_FEW != 0) {
                    continue;
                }
                forget(stage, kind, seed, parent, tally);
            }
        }
    }

    private static void forget(Stage stage, Kind kind, long seed, Network parent, VerdictTally tally) {
        var train = stage.data().train();
        var chosen = chosen(train, kind, seed);
        var forget = train.subset(rows(train, chosen, true));
        var retain = train.subset(rows(train, chosen, false));
        var test = stage.data().test();
        var sets = new EvaluationSets(forget, retain, test);
        var battery = new Battery(seed);
        var asked = new Asked(battery, sets, stage.recipe());
        var before = asked.of(() -> parent.copy());
        var references = IntStream.range(0, REFERENCES)
                .mapToObj(k -> asked.of(() -> train(stage, retain, 100 * seed + kind.firstSeed + k)))
                .toList();
        edits(stage, kind, seed, parent, forget, retain).forEach((edit, network) -> {
            var after = asked.of(network);
            for (int count = 1; count <= REFERENCES; count++) {
                var findings = battery.compare(before, after, references.subList(0, count));
                tally.add(
                        stage.name(),
                        label(kind),
                        edit,
                        count,
                        findings,
                        Verdict.of(findings, Thresholds.calibrated()));
            }
        });
    }

    private record Asked(Battery battery, EvaluationSets sets, Recipe recipe) {
        Answers of(Supplier<Network> supplier) {
            try (var network = supplier.get()) {
                return battery.ask(network, sets, recipe, Monitor.NONE);
            }
        }
    }

    private static Map<String, Supplier<Network>> edits(
            Stage stage, Kind kind, long seed, Network parent, Examples forget, Examples retain) {
        var edits = new Edits(
                parent, forget, retain, stage.data().test(), stage.recipe().learningRate() / 4, seed);
        boolean wholeClass = kind == Kind.CLASS;
        var all = new LinkedHashMap<String, Supplier<Network>>();
        all.put("retrain", () -> train(stage, retain, 100 * seed + kind.firstSeed + REFERENCES));
        all.put("nothing", edits::nothing);
        if (wholeClass) {
            all.put("bias", edits::bias);
        }
        all.put("ascent", edits::ascent);
        all.put("head", () -> edits.head(wholeClass));
        all.put("tuned", () -> edits.tuned(wholeClass));
        return all;
    }

    private static Network train(Stage stage, Examples examples, long seed) {
        return Trainer.train(stage.architecture(), stage.recipe(), examples, seed, Monitor.NONE);
    }

    /** One class, by the seed's last digit; or a tenth of the records; or twenty. */
    private static boolean[] chosen(Examples train, Kind kind, long seed) {
        var chosen = new boolean[train.size()];
        if (kind == Kind.CLASS) {
            var labels = train.labels();
            for (int i = 0; i < chosen.length; i++) {
                chosen[i] = labels[i] == seed % 10;
            }
            return chosen;
        }
        int count = kind == Kind.RANDOM ? train.size() / 10 : 20;
        var random = new SplittableRandom(seed);
        while (count > 0) {
            int row = random.nextInt(chosen.length);
            if (!chosen[row]) {
                chosen[row] = true;
                count--;
            }
        }
        return chosen;
    }

    private static int[] rows(Examples train, boolean[] chosen, boolean wanted) {
        return IntStream.range(0, train.size())
                .filter(row -> chosen[row] == wanted)
                .toArray();
    }

    private static String label(Kind kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }
}
