package io.expunge.lab;

import io.expunge.engine.Diverged;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Session;
import io.expunge.method.LanguageMethod;
import io.expunge.method.LanguageTask;
import io.expunge.method.Trial;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One split with one seed's models, which are trained when they are first needed. */
final class BenchmarkSeed implements AutoCloseable {

    /** Raised when a figure is defined anew, so that kept ones are not taken for it. */
    private static final int REVISION = 4;

    private final BenchmarkModels models;
    private final TextBenchmark.Split split;
    private final int seed;
    private final Report report;
    private @Nullable LanguageModel original;
    private @Nullable LanguageModel retrained;
    private @Nullable BenchmarkEvaluation evaluation;

    BenchmarkSeed(BenchmarkModels models, TextBenchmark.Split split, int seed, Report report) {
        this.models = models;
        this.split = split;
        this.seed = seed;
        this.report = report;
    }

    Map<String, Double> original() {
        return kept("original", () -> measured(parent(), BenchmarkEvaluation::figures, 0));
    }

    Map<String, Double> retrain() {
        return kept("retrain", () -> measured(reference(), BenchmarkEvaluation::figures, 100));
    }

    /** Another seed's retrained model. */
    Map<String, Double> other(int number) {
        return kept("null " + models.key(split.retain(), seedOf(number)), () -> {
            try (var model = retrained(number)) {
                return measured(model, BenchmarkEvaluation::figures, 100);
            }
        });
    }

    Map<String, Double> edited(LanguageMethod method) {
        return kept(method.toString(), () -> edited(method, BenchmarkEvaluation::figures));
    }

    /** What a setting is chosen by. */
    Map<String, Double> tried(LanguageMethod method) {
        return kept("tried " + method, () -> edited(method, BenchmarkEvaluation::brief));
    }

    Map<String, Double> untouched() {
        return kept("untouched", () -> measured(parent(), BenchmarkEvaluation::brief, 0));
    }

    private interface Questions {
        Map<String, Double> ask(BenchmarkEvaluation evaluation, LanguageModel model);
    }

    private Map<String, Double> kept(String what, Supplier<Map<String, Double>> work) {
        var key = Cache.key(
                REVISION, what, models.key(models.data().learned(), seed), models.key(split.retain(), seedOf(seed)));
        return models.cache().figures(key).orElseGet(() -> {
            var figures = work.get();
            models.cache().keep(key, figures);
            return figures;
        });
    }

    private Map<String, Double> edited(LanguageMethod method, Questions questions) {
        var session = new Session(Monitor.NONE);
        try (var model = parent().copy()) {
            try {
                method.apply(task(model, session));
            } catch (Diverged e) {
                report.line(method.name() + ", seed " + seed + ": " + e.getMessage());
            }
            double retraining = (double) split.retain().size() * models.recipe().epochs();
            return measured(model, questions, 100 * session.examplesSeen() / retraining);
        }
    }

    private Map<String, Double> measured(LanguageModel model, Questions questions, double cost) {
        if (evaluation == null) {
            evaluation = new BenchmarkEvaluation(models.data(), split, reference());
        }
        var all = new TreeMap<>(questions.ask(evaluation, model));
        all.put("cost", cost);
        return all;
    }

    private LanguageModel parent() {
        if (original == null) {
            original = models.trained("original " + seed, models.data().learned(), seed);
        }
        return original;
    }

    private LanguageModel reference() {
        if (retrained == null) {
            retrained = retrained(seed);
        }
        return retrained;
    }

    private LanguageModel retrained(int of) {
        return models.trained("retrained " + of, split.retain(), seedOf(of));
    }

    /** Of a retrained model; no original has it. */
    private static long seedOf(int number) {
        return 1_000L + number;
    }

    private LanguageTask task(LanguageModel model, Session session) {
        var encoding = models.data().encoding();
        Consumer<Trial> told = trial -> report.line(String.format(
                Locale.ROOT,
                "auto, seed %d, trial %d: step size %.2e, retain weight %.2g: %.3f nats from the aim, %.1f %% kept",
                seed,
                trial.number(),
                trial.learningRate(),
                trial.retainWeight(),
                trial.distance(),
                100 * trial.utility()));
        return new LanguageTask(
                model,
                encoding.encode(split.forget()),
                encoding.encode(split.retain()),
                encoding.encode(models.data().refusals(split.forget())),
                models.recipe(),
                Optional.empty(),
                encoding.encode(split.heldOut()),
                told,
                session);
    }

    @Override
    public void close() {
        if (original != null) {
            original.close();
        }
        if (retrained != null) {
            retrained.close();
        }
    }
}
