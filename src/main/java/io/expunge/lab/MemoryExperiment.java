package io.expunge.lab;

import io.expunge.engine.Activations;
import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LowRank;
import io.expunge.engine.Monitor;
import io.expunge.engine.Optimiser;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextRecipe;
import io.expunge.method.LanguageTask;
import io.expunge.method.NegativePreference;
import io.expunge.method.Retention;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How much memory NPO + RT takes on a model of the size of GPT-2 with 124 M parameters, of which all are moved or low-rank
 * adapters only: the highest resident memory of the whole process, Java's included, from before the model is made to the
 * last step. The weights are random: they are of no effect on it.
 */
public final class MemoryExperiment implements Experiment {

    private static final Decoder MODEL = Decoder.gpt2(50_257, 12, 768, 12, 1_024);
    /** Tokens are those of a smaller tokenizer, because there are too few texts to learn as many from. */
    private static final int TOKENS = 4_096;

    private static final int BATCH = 16;
    private static final int STEPS = 4;
    private static final double GIB = 1L << 30;
    private static final LowRank ADAPTERS = new LowRank(8, 16, List.of("c_attn", "c_fc", "c_proj"));

    /** One way to train, in the order of what it takes, so that none hides behind the one before it. */
    private record Variant(
            String key,
            String title,
            Activations activations,
            @Nullable LowRank adapters) {}

    private static final List<Variant> VARIANTS = List.of(
            new Variant("lora", "low-rank adapters, activations recomputed", Activations.RECOMPUTED, ADAPTERS),
            new Variant("lorakept", "low-rank adapters, activations kept", Activations.KEPT, ADAPTERS),
            new Variant("full", "all weights, activations recomputed", Activations.RECOMPUTED, null),
            new Variant("fullkept", "all weights, activations kept", Activations.KEPT, null));

    private record Run(double gib, double stepsPerSecond) {}

    @Override
    public String name() {
        return "npo-memory";
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var texts = TofuTexts.read(data, TOKENS);
        var rows = IntStream.range(0, BATCH * STEPS).toArray();
        var forget = texts.forget().subset(rows);
        var retain = texts.retain().subset(rows);
        Map<Variant, List<Run>> runs = new LinkedHashMap<>();
        for (var variant : VARIANTS) {
            var ofVariant = new ArrayList<Run>();
            for (int seed = 0; seed < seeds; seed++) {
                ofVariant.add(measure(variant, forget, retain, seed));
                report.progress(
                        variant.title(), (long) runs.size() * seeds + ofVariant.size(), (long) VARIANTS.size() * seeds);
            }
            runs.put(variant, ofVariant);
        }
        print(runs, report);
    }

    private static Run measure(Variant variant, Sequences forget, Sequences retain, long seed) {
        Memory.resetPeak();
        var times = new ArrayList<Long>();
        var watch = new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                times.add(System.nanoTime());
            }
        };
        try (var model = LanguageModel.initialise(MODEL, seed)) {
            new NegativePreference(0.1, 1, new Retention(Retention.Kind.CROSS_ENTROPY, 1), recipe(variant), seed)
                    .apply(new LanguageTask(
                            model,
                            forget,
                            retain,
                            forget,
                            recipe(variant),
                            Optional.empty(),
                            new Sequences(List.of()),
                            trial -> {},
                            new Session(watch)));
        }
        return new Run(Memory.peak() / GIB, (times.size() - 1) / ((times.getLast() - times.getFirst()) / 1e9));
    }

    private static TextRecipe recipe(Variant variant) {
        return new TextRecipe(1, BATCH, 1e-5, 0.01, 0.25, 1, 1 << 20, Precision.BF16)
                .with(Optimiser.ADAMW, 0.9, variant.activations(), variant.adapters());
    }

    private static void print(Map<Variant, List<Run>> runs, Report report) {
        report.line("NPO + RT on TOFU, " + BATCH + " + " + BATCH + " texts a step, GPT-2 of " + MODEL.layers()
                + " blocks of width " + MODEL.width() + " and " + MODEL.vocabulary()
                + " tokens: mean ± sample standard deviation");
        var lines = new ArrayList<List<String>>();
        runs.forEach((variant, ofVariant) -> {
            var memory = report.figures(
                    "memory." + variant.key() + ".gib",
                    ofVariant.stream().mapToDouble(Run::gib).toArray());
            var rate = report.figures(
                    "memory." + variant.key() + ".rate",
                    ofVariant.stream().mapToDouble(Run::stepsPerSecond).toArray());
            lines.add(List.of(
                    variant.title(),
                    String.format(Locale.ROOT, "%.2f ± %.2f", memory.mean(), memory.deviation()),
                    String.format(Locale.ROOT, "%.3f ± %.3f", rate.mean(), rate.deviation())));
        });
        report.table(List.of("what is moved", "peak GiB", "steps a second"), lines);
    }
}
