package io.expunge.lab;

import io.expunge.engine.Decoder;
import io.expunge.engine.Diverged;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TextRecord;
import io.expunge.influence.AnswerRemoval;
import io.expunge.method.Curvatures;
import io.expunge.method.DatamodelMatching;
import io.expunge.method.Estimator;
import io.expunge.method.LanguageMethod;
import io.expunge.method.LanguageTask;
import io.expunge.method.NegativePreference;
import io.expunge.method.Retention;
import io.expunge.method.Teacher;
import io.expunge.method.TextMatching;
import io.expunge.metric.DivergenceComparison;
import io.expunge.metric.EnsembleMargins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How near matching brings language models to retrained ones: TOFU's texts, models that are each edited from an original of
 * their own against twice as many that were retrained without the texts, by the log odds of answers.
 */
public final class TextMatchingExperiment implements Experiment {

    private static final int PAIRS = 20;
    private static final int POSITIONS = 512;
    private static final Retention RETAINED = new Retention(Retention.Kind.CROSS_ENTROPY, 30);

    /**
     * How much is measured.
     *
     * @param models N of each edit
     * @param authors whose texts are learned, {@value #PAIRS} each
     * @param epochs of a training
     * @param dimensions of the projection
     */
    record Size(int models, int authors, int vocabulary, int layers, int width, int epochs, int dimensions) {}

    private final Size size;

    TextMatchingExperiment(Size size) {
        this.size = size;
    }

    /** What the documentation quotes. */
    public static TextMatchingExperiment measured() {
        return new TextMatchingExperiment(new Size(10, 12, 1024, 2, 64, 15, 512));
    }

    @Override
    public String name() {
        return "dmm-text";
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var authors = new TofuAuthors(data);
        var found = new LinkedHashMap<String, Map<String, List<Double>>>();
        for (int s = 0; s < seeds; s++) {
            long seed = Seeds.derive(93_000, s);
            var drawn = authors.drawn(seed);
            var records = Stream.concat(
                            drawn.forget().subList(0, PAIRS).stream(),
                            drawn.retain().subList(0, PAIRS * (size.authors() - 1)).stream())
                    .toList();
            try (var scene = new Scene(records, drawn.heldOut(), seed)) {
                for (var set : sets(records.size(), seed).entrySet()) {
                    scene.measure(set.getValue(), report)
                            .forEach((row, figures) -> figures.forEach((figure, value) -> found.computeIfAbsent(
                                            set.getKey() + "." + row, key -> new LinkedHashMap<>())
                                    .computeIfAbsent(figure, key -> new ArrayList<>())
                                    .add(value)));
                    report.line(set.getKey() + " " + (s + 1) + " of " + seeds);
                }
            }
        }
        print(found, report);
    }

    /** All that is known of one person, and as many texts at random. */
    private static Map<String, int[]> sets(int all, long seed) {
        var sets = new LinkedHashMap<String, int[]>();
        sets.put("author", IntStream.range(0, PAIRS).toArray());
        sets.put(
                "random",
                new SplittableRandom(seed)
                        .ints(0, all)
                        .distinct()
                        .limit(PAIRS)
                        .sorted()
                        .toArray());
        return sets;
    }

    private static void print(Map<String, Map<String, List<Double>>> found, Report report) {
        var columns = found.values().iterator().next().keySet();
        var header = new ArrayList<>(List.of("edit"));
        header.addAll(columns);
        var rows = new ArrayList<List<String>>();
        found.forEach((row, figures) -> {
            var cells = new ArrayList<>(List.of(row));
            for (var column : columns) {
                var values = figures.getOrDefault(column, List.of());
                values.stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .ifPresent(mean -> report.figure(row + "." + column + ".mean", mean));
                cells.add(values.stream()
                        .map(value -> String.format(Locale.ROOT, "%.2f", value))
                        .collect(Collectors.joining(" ")));
            }
            rows.add(cells);
        });
        report.table(header, rows);
    }

    /** One draw of texts, with originals that learned all of them. */
    private final class Scene implements AutoCloseable {

        private final Sequences learned;
        private final Sequences heldOut;
        private final long seed;
        private final Decoder decoder;
        private final TextRecipe recipe;
        private final List<LanguageModel> originals = new ArrayList<>();
        private final List<AnswerRemoval> removals = new ArrayList<>();

        Scene(List<TextRecord> records, List<TextRecord> others, long seed) {
            this.seed = seed;
            this.decoder = Decoder.gpt2(
                    size.vocabulary(),
                    size.layers(),
                    size.width(),
                    Math.max(1, size.width() / LabOptions.HEAD),
                    POSITIONS);
            this.recipe = new TextRecipe(size.epochs(), 16, 3e-3, 0.01, 0.1, 1, 1 << 14, Precision.FP32);
            try (var tokenizer = LabTokenizer.train(records, size.vocabulary())) {
                var encoding = new TextEncoding(tokenizer);
                this.learned = encoding.encode(records);
                this.heldOut = encoding.encode(others);
            }
            for (int m = 0; m < size.models(); m++) {
                var model = trained(learned, Seeds.derive(seed, m));
                originals.add(model);
                removals.add(new AnswerRemoval(model, learned, heldOut, size.dimensions(), m, () -> {}));
            }
        }

        private LanguageModel trained(Sequences texts, long from) {
            var model = LanguageModel.initialise(decoder, from);
            new Session(Monitor.NONE)
                    .descend(
                            model,
                            new TextDescent(
                                    "training",
                                    recipe,
                                    Seeds.derive(from, -1),
                                    List.of(TextDescent.Source.of(texts)),
                                    (network, batches) -> network.crossEntropy(batches.getFirst())));
            return model;
        }

        /** Figures by row. */
        Map<String, Map<String, Double>> measure(int[] forgotten, Report report) {
            var stays = ForgetSets.without(learned.size(), forgotten);
            var forget = learned.subset(forgotten);
            var retain = learned.subset(stays);
            var points = List.of(forget, retain, heldOut);
            int models = size.models();
            var retrained = new double[2 * models][];
            for (int m = 0; m < retrained.length; m++) {
                try (var model = trained(retain, Seeds.derive(seed, 1_000L + m))) {
                    retrained[m] = said(model, points);
                }
                report.progress(name() + ", retraining", m + 1, retrained.length);
            }
            var before = new double[models][];
            var predicted = new double[models][];
            var stayed = new double[models][];
            var after = new LinkedHashMap<String, double[][]>();
            after.put("nothing", before);
            for (int m = 0; m < models; m++) {
                var odds = removals.get(m).without(forgotten);
                before[m] = said(originals.get(m), points);
                predicted[m] =
                        Arrays.stream(forgotten).mapToDouble(x -> odds[x]).toArray();
                stayed[m] = Arrays.stream(stays).mapToDouble(x -> odds[x]).toArray();
                for (var method : methods(m).entrySet()) {
                    after.computeIfAbsent(method.getKey(), key -> new double[models][])[m] = edited(
                            originals.get(m),
                            method.getValue(),
                            forget,
                            retain,
                            teacher(predicted[m], originals.get(m), retain),
                            points);
                }
                report.progress(name() + ", edits", m + 1, models);
            }
            var figures = new LinkedHashMap<String, Map<String, Double>>();
            after.forEach((row, margins) -> figures.put(
                    row,
                    figures(new EnsembleMargins(
                            before,
                            margins,
                            new double[0][],
                            retrained,
                            forgotten.length,
                            stays.length,
                            heldOut.size()))));
            figures.put(
                    "foretold",
                    Map.of(
                            "way", way(before, predicted, retrained, 0),
                            "retain-way", way(before, stayed, retrained, forgotten.length)));
            return figures;
        }

        private Map<String, LanguageMethod> methods(int number) {
            var methods = new LinkedHashMap<String, LanguageMethod>();
            methods.put("npo-rt", new NegativePreference(0.03, 1, RETAINED, steps(10, 1e-3), number));
            methods.put(
                    "dmm-trak",
                    new DatamodelMatching(Estimator.TRAK, 1, null, new TextMatching(2, 10, steps(4, 1e-3), number)));
            return methods;
        }

        private TextRecipe steps(int epochs, double learningRate) {
            return new TextRecipe(
                    epochs, recipe.batchSize(), learningRate, 0, 0.1, 1, recipe.partTokens(), recipe.precision());
        }

        private double[] edited(
                LanguageModel original,
                LanguageMethod method,
                Sequences forget,
                Sequences retain,
                Teacher teacher,
                List<Sequences> points) {
            try (var model = original.copy()) {
                method.apply(new LanguageTask(
                        model,
                        forget,
                        retain,
                        forget,
                        recipe,
                        Optional.empty(),
                        heldOut,
                        trial -> {},
                        new Session(Monitor.NONE),
                        Curvatures.NONE,
                        Optional.of(teacher)));
                return said(model, points);
            } catch (Diverged e) {
                throw new IllegalStateException(method.name() + " ran away", e);
            }
        }

        @Override
        public void close() {
            originals.forEach(LanguageModel::close);
        }
    }

    private static double[] said(LanguageModel model, List<Sequences> points) {
        return points.stream()
                .flatMap(texts -> Arrays.stream(model.logOdds(texts)))
                .mapToDouble(row -> row[0])
                .toArray();
    }

    /** As in the service: what is foretold of texts that leave, and of those that stay what is said now. */
    private static Teacher teacher(double[] predicted, LanguageModel original, Sequences retain) {
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return Arrays.stream(predicted)
                        .mapToObj(odds -> new float[] {(float) odds})
                        .toArray(float[][]::new);
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return original.logOdds(retain.subset(rows));
            }
        };
    }

    private static Map<String, Double> figures(EnsembleMargins margins) {
        var figures = new LinkedHashMap<String, Double>();
        int retain = margins.forget();
        figures.put("way", way(margins.before(), part(margins.after(), 0, retain), margins.retrained(), 0));
        figures.put(
                "retain-way",
                way(
                        margins.before(),
                        part(margins.after(), retain, retain + margins.retain()),
                        margins.retrained(),
                        retain));
        for (var part : new DivergenceComparison(margins, 1).divergence().parts()) {
            figures.put("klom." + part.points(), part.after().mean());
            figures.put("null." + part.points(), part.floor().mean());
        }
        return figures;
    }

    private static double[][] part(double[][] side, int from, int to) {
        return Arrays.stream(side).map(row -> Arrays.copyOfRange(row, from, to)).toArray(double[][]::new);
    }

    /**
     * Share of the way from unedited to retrained models' mean log odds that some others' went, over squares; as {@link
     * io.expunge.metric.Divergence.Prediction} counts it.
     *
     * @param after some points of the others
     * @param first place of the first of them among the points of the other sides
     */
    private static double way(double[][] before, double[][] after, double[][] retrained, int first) {
        double left = 0;
        double way = 0;
        for (int x = 0; x < after[0].length; x++) {
            double goal = mean(retrained, first + x);
            left += square(goal - mean(after, x));
            way += square(goal - mean(before, first + x));
        }
        return 1 - left / way;
    }

    private static double mean(double[][] side, int point) {
        return Arrays.stream(side).mapToDouble(row -> row[point]).average().orElseThrow();
    }

    private static double square(double x) {
        return x * x;
    }
}
