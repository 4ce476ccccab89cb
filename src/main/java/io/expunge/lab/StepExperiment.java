package io.expunge.lab;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.MatrixPeak;
import io.expunge.engine.Monitor;
import io.expunge.engine.PlainPreference;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextRecipe;
import io.expunge.method.LanguageTask;
import io.expunge.method.NegativePreference;
import io.expunge.method.Retention;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How fast a step of NPO + RT is on TOFU's texts, beside the algorithm as it is usually written: {@link PlainPreference}.
 * Both run in one process, in turn.
 */
public final class StepExperiment implements Experiment {

    private static final int VOCABULARY = 4096;
    private static final Decoder MODEL = Decoder.gpt2(VOCABULARY, 8, 320, 5, 512);
    private static final int BATCH = 16;
    private static final double BETA = 0.1;
    private static final int WARM_UP = 3;

    @Override
    public String name() {
        return "npo-step";
    }

    private record Run(double stepsPerSecond, List<Double> losses, long peakBytes) {}

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var texts = TofuTexts.read(data, VOCABULARY);
        var figures = new Figures();
        for (int seed = 0; seed < seeds; seed++) {
            measure(texts.forget(), texts.retain(), seed, figures);
            report.progress("seed " + seed, seed + 1L, seeds);
        }
        figures.print(report);
    }

    private static void measure(Sequences forget, Sequences retain, long seed, Figures figures) {
        double peak32 = MatrixPeak.measure(Precision.FP32);
        double peak16 = MatrixPeak.measure(Precision.BF16);
        var fast16 = packed(forget, retain, seed, Precision.BF16);
        var fast32 = packed(forget, retain, seed, Precision.FP32);
        var plain = plain(forget, retain, seed);
        double gap = 0;
        for (int step = 0; step < plain.losses().size(); step++) {
            gap = Math.max(
                    gap, Math.abs(plain.losses().get(step) - fast32.losses().get(step)));
        }
        double work = work(forget, retain);
        figures.add(
                fast16.stepsPerSecond() / plain.stepsPerSecond(),
                fast32.stepsPerSecond() / plain.stepsPerSecond(),
                work * fast16.stepsPerSecond() / peak16,
                work * fast32.stepsPerSecond() / peak32,
                plain.peakBytes() / (double) fast16.peakBytes(),
                gap,
                plain.stepsPerSecond(),
                peak32 / 1e9,
                peak16 / 1e9);
    }

    private static Run packed(Sequences forget, Sequences retain, long seed, Precision precision) {
        var watch = new Watch();
        try (var model = LanguageModel.initialise(MODEL, seed)) {
            new NegativePreference(BETA, 1, new Retention(Retention.Kind.CROSS_ENTROPY, 1), recipe(precision), seed)
                    .apply(new LanguageTask(
                            model,
                            forget,
                            retain,
                            forget,
                            recipe(precision),
                            Optional.empty(),
                            new Sequences(List.of()),
                            trial -> {},
                            new Session(watch)));
            return watch.run();
        }
    }

    private static Run plain(Sequences forget, Sequences retain, long seed) {
        var watch = new Watch();
        try (var model = LanguageModel.initialise(MODEL, seed);
                var reference = model.frozenCopy()) {
            PlainPreference.apply(model, reference, forget, retain, BETA, recipe(Precision.FP32), seed, watch);
            return watch.run();
        }
    }

    private static TextRecipe recipe(Precision precision) {
        return new TextRecipe(1, BATCH, 1e-4, 0.01, 0.1, 0, 1 << 20, precision);
    }

    /**
     * Floating-point operations of the matrix products of a mean step: two for each weight and token forwards and four
     * backwards; attention is left out.
     */
    private static double work(Sequences forget, Sequences retain) {
        double blocks = 12.0 * MODEL.layers() * MODEL.width() * MODEL.width();
        double head = (double) MODEL.vocabulary() * MODEL.width();
        return Stream.of(forget, retain)
                .mapToDouble(source -> {
                    double tokens = source.tokens() / (double) source.size();
                    double answers = source.all().stream()
                            .mapToInt(Sequences.Sequence::answerLength)
                            .average()
                            .orElseThrow();
                    return 6 * BATCH * (tokens * blocks + answers * head);
                })
                .sum();
    }

    /** Times steps and keeps their losses. */
    private static final class Watch implements Monitor {

        private final List<Double> losses = new ArrayList<>();
        private long begun;
        private long ended;

        Watch() {
            Memory.resetPeak();
        }

        @Override
        public void progress(String stage, long done, long total, double loss) {
            ended = System.nanoTime();
            losses.add(loss);
            if (done == WARM_UP) {
                begun = ended;
            }
        }

        Run run() {
            return new Run((losses.size() - WARM_UP) / ((ended - begun) / 1e9), losses, Memory.peak());
        }
    }

    /** What is printed. */
    private static final class Figures {

        private static final List<String> KEYS = List.of(
                "step.speedup",
                "step.speedupfp32",
                "step.peakshare",
                "step.peaksharefp32",
                "step.memoryratio",
                "step.lossgap",
                "step.plainrate",
                "step.peakgflops",
                "step.peakgflopsbf16");

        private static final List<String> TITLES = List.of(
                "steps a second, bf16, in those of the plain algorithm",
                "the same in fp32",
                "share of the bf16 matrix-product peak, bf16",
                "share of the fp32 matrix-product peak, fp32",
                "peak resident memory of the plain algorithm, in that of bf16",
                "largest difference between the losses of the fp32 steps and the plain ones",
                "steps a second of the plain algorithm",
                "fp32 matrix-product peak, GFLOP/s",
                "bf16 matrix-product peak, GFLOP/s");

        private final List<double[]> rows = new ArrayList<>();

        void add(double... row) {
            rows.add(row);
        }

        void print(Report report) {
            report.line("NPO + RT on TOFU, " + BATCH + " + " + BATCH + " texts a step, GPT-2 of " + MODEL.layers()
                    + " blocks of width " + MODEL.width() + ": mean ± sample standard deviation");
            var lines = new ArrayList<List<String>>();
            for (int i = 0; i < KEYS.size(); i++) {
                int at = i;
                var spread = report.figures(
                        KEYS.get(i), rows.stream().mapToDouble(row -> row[at]).toArray());
                lines.add(List.of(
                        TITLES.get(i), String.format(Locale.ROOT, "%.4g ± %.2g", spread.mean(), spread.deviation())));
            }
            report.table(List.of("figure", "value"), lines);
        }
    }
}
