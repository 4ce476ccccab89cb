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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Edits of a made model, each kind tuned on the tuning set and on texts that nothing is judged by. */
final class CurvatureEdits implements AutoCloseable {

    /** What an edit may cost on the tuning prose, and how much of the tuning sums must stay where they are protected. */
    private static final double MOST_PERPLEXITY = 1.15;

    private static final double LEAST_SUMS = 0.84;
    /** Perplexities so near each other are equal. */
    private static final double EQUAL = 0.005;

    private static final UUID SUMS = new UUID(0, 1);
    private static final int PART_TOKENS = 4_096;
    private static final long MOST_TOKENS = 1_000_000_000;

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

    /**
     * The chosen setting of every row of the table but the first.
     *
     * @return in this order: the curvature edit of every linear layer with sums protected; BalancedSubnet and truncation of the
     *     same layers at no more than its perplexity; the curvature edit without protection and BalancedSubnet at up to the
     *     most perplexity that any may cost
     */
    Map<String, LanguageMethod> chosen() {
        var subnets = tried(subnets());
        var edit = best(tried(edits(new double[] {0.94, 0.945, 0.95, 0.955, 0.96, 0.97})), LEAST_SUMS, MOST_PERPLEXITY);
        double equal = Math.max(1, edit.tuning().perplexity()) + EQUAL;
        Map<String, LanguageMethod> chosen = new LinkedHashMap<>();
        chosen.put("curvature", edit.method());
        chosen.put("bsn", best(subnets, 0, equal).method());
        chosen.put("svd", best(tried(truncations()), 0, equal).method());
        chosen.put(
                "bare", best(tried(edits(new double[] {0})), 0, MOST_PERPLEXITY).method());
        chosen.put("bsnfree", best(subnets, 0, MOST_PERPLEXITY).method());
        return chosen;
    }

    /** @param guarded shares of the sums' curvature that are protected; 0 for none */
    private List<LanguageMethod> edits(double[] guarded) {
        var all = new ArrayList<LanguageMethod>();
        var sample = new CurvatureSample(null, MOST_TOKENS, MomentStream.Labels.SAMPLED, PART_TOKENS, 1);
        for (double share : new double[] {0.95, 0.9, 0.8, 0.7}) {
            for (double guard : guarded) {
                all.add(new CurvatureEdit(
                        layers(problem.model().decoder().linearLayers(), share),
                        sample,
                        guard == 0 ? List.of() : List.of(new ProtectedTexts(SUMS, guard)),
                        CurvatureEdit.Aim.MEMORISATION));
            }
        }
        return all;
    }

    private List<LanguageMethod> subnets() {
        var all = new ArrayList<LanguageMethod>();
        for (double rate : new double[] {0.01, 0.03, 0.1}) {
            for (double dropped : new double[] {0.005, 0.01, 0.02, 0.05, 0.1}) {
                all.add(new BalancedSubnet(
                        problem.model().decoder().linearLayers(),
                        dropped,
                        0.7,
                        new Schedule(30, 10, rate, 0.9, 5e-4, 1)));
            }
        }
        return all;
    }

    private List<LanguageMethod> truncations() {
        var all = new ArrayList<LanguageMethod>();
        for (double share : new double[] {0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.4, 0.3}) {
            all.add(new SingularValueTruncation(layers(problem.model().decoder().linearLayers(), share)));
        }
        return all;
    }

    private List<Tried> tried(List<LanguageMethod> all) {
        return all.stream()
                .map(method -> new Tried(method, after(method, score::tuning)))
                .toList();
    }

    /** Of the settings that cost no more than they may that after which the least is recited of the tuning set. */
    private Tried best(List<Tried> all, double leastSums, double mostPerplexity) {
        return all.stream()
                .min(Comparator.comparing((Tried one) -> one.tuning.perplexity() > mostPerplexity)
                        .thenComparing(one -> one.tuning.sums() < leastSums * sums)
                        .thenComparingDouble(one -> one.tuning.strict())
                        .thenComparingDouble(one -> -one.tuning.levenshtein()))
                .orElseThrow();
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
