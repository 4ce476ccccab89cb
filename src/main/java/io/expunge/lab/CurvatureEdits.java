package io.expunge.lab;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextRecipe;
import io.expunge.lab.CurvatureScore.Tuning;
import io.expunge.method.BalancedSubnet;
import io.expunge.method.CurvatureEdit;
import io.expunge.method.CurvatureSample;
import io.expunge.method.Curvatures;
import io.expunge.method.LanguageMethod;
import io.expunge.method.LanguageTask;
import io.expunge.method.LayerShare;
import io.expunge.method.ProtectedTexts;
import io.expunge.method.Schedule;
import io.expunge.method.SingularValueTruncation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Edits of a made model, each kind tuned on the tuning set and on texts that nothing is judged by. */
final class CurvatureEdits implements AutoCloseable {

    /** What an edit may cost on the tuning prose, and how much of the tuning sums must stay. */
    private static final double MOST_PERPLEXITY = 1.15;

    private static final double LEAST_SUMS = 0.87;
    private static final UUID SUMS = new UUID(0, 1);
    private static final int PART_TOKENS = 4_096;

    private final CurvatureProblem problem;
    private final CurvatureScore score;
    private final Map<String, float[]> original;
    private final Map<Sequences, SecondMoments> moments = new HashMap<>();
    private final double sums;

    CurvatureEdits(CurvatureProblem problem, CurvatureScore score) {
        this.problem = problem;
        this.score = score;
        this.original = problem.model().weights();
        this.sums = score.tuning(problem.model()).sums();
    }

    /** A setting that was tried. */
    private record Tried(LanguageMethod method, Tuning tuning) {}

    /** The curvature edit of every linear layer, with sums protected. */
    LanguageMethod curvature() {
        var all = new ArrayList<LanguageMethod>();
        var sample = new CurvatureSample(null, Long.MAX_VALUE >> 24, MomentStream.Labels.SAMPLED, PART_TOKENS, 1);
        for (double share : new double[] {0.98, 0.95, 0.9, 0.8}) {
            for (double guarded : new double[] {0.94, 0.95, 0.96, 0.97, 0.98}) {
                all.add(new CurvatureEdit(
                        layers(problem.model().decoder().linearLayers(), share),
                        sample,
                        List.of(new ProtectedTexts(SUMS, guarded)),
                        CurvatureEdit.Aim.MEMORISATION));
            }
        }
        return best(all, sums * LEAST_SUMS);
    }

    /** BalancedSubnet over the same layers. */
    LanguageMethod subnet() {
        var all = new ArrayList<LanguageMethod>();
        for (double rate : new double[] {0.01, 0.03, 0.1}) {
            for (double dropped : new double[] {0.02, 0.05, 0.1}) {
                all.add(new BalancedSubnet(
                        problem.model().decoder().linearLayers(),
                        dropped,
                        0.7,
                        new Schedule(30, 10, rate, 0.9, 5e-4, 1)));
            }
        }
        return best(all, 0);
    }

    /** Truncation of the same layers. */
    LanguageMethod truncation() {
        var all = new ArrayList<LanguageMethod>();
        for (double share : new double[] {0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.4, 0.3}) {
            all.add(new SingularValueTruncation(layers(problem.model().decoder().linearLayers(), share)));
        }
        return best(all, 0);
    }

    /** Of the settings that cost no more than they may that after which the least is recited of the tuning set. */
    private LanguageMethod best(List<LanguageMethod> all, double leastSums) {
        return all.stream()
                .map(method -> new Tried(method, after(method, score::tuning)))
                .min(Comparator.comparing((Tried one) -> one.tuning.perplexity() > MOST_PERPLEXITY)
                        .thenComparing(one -> one.tuning.sums() < leastSums)
                        .thenComparingDouble(one -> one.tuning.strict())
                        .thenComparingDouble(one -> -one.tuning.levenshtein()))
                .orElseThrow()
                .method();
    }

    interface Question<T> {
        T of(LanguageModel model);
    }

    /** What is said of the model after an edit, which is then taken back. */
    <T> T after(LanguageMethod method, Question<T> question) {
        try {
            method.apply(new LanguageTask(
                    problem.model(),
                    problem.tuning().texts(),
                    problem.general(),
                    problem.tuning().texts(),
                    new TextRecipe(1, 8, 1e-3, 0, 0, 0, PART_TOKENS, Precision.FP32),
                    Optional.empty(),
                    problem.tuningProse(),
                    trial -> {},
                    new Session(Monitor.NONE),
                    curvatures()));
            return question.of(problem.model());
        } finally {
            problem.model().restore(original);
        }
    }

    /** All layers at once, collected once for each texts; an edit takes what it needs. */
    private Curvatures curvatures() {
        return new Curvatures() {
            @Override
            public SecondMoments of(LanguageModel model, MomentStream stream) {
                return moments.computeIfAbsent(
                                stream.texts(),
                                texts -> SecondMoments.collect(
                                        model,
                                        new MomentStream(
                                                model.decoder().linearLayers(),
                                                texts,
                                                stream.labels(),
                                                stream.seed(),
                                                stream.partTokens()),
                                        Map.of(),
                                        new Session(Monitor.NONE)))
                        .lent();
            }

            @Override
            public Sequences texts(UUID dataset) {
                return problem.arithmetic();
            }
        };
    }

    private static List<LayerShare> layers(List<String> names, double share) {
        return names.stream().map(name -> new LayerShare(name, share)).toList();
    }

    @Override
    public void close() {
        moments.values().forEach(SecondMoments::close);
    }
}
