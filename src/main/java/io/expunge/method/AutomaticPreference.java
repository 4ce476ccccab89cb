package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Diverged;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Sequences;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TokenScores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * NPO with a step size, and where needed a retain weight, that it searches for itself.
 *
 * <p>A model that never learned a text finds it as probable as the parent finds texts that <em>it</em> never learned. So
 * the aim on the forget set is the parent's mean log-probability of an answer's token on held-out texts; a trial that is
 * above has forgotten too little and the next takes larger steps, one below smaller ones, by bisection of log η. After a
 * trial whose answers on the retain set lost more than is allowed the retain weight is raised, too; steps that did harm
 * by their size alone are not taken again, and the search ends where a trial neither forgot nor kept enough and no
 * larger step is left. NPO's gradient fades by 2σ(−βd) once an answer is d nats less probable than before, so β is at
 * most {@value #FADING} by the nats that lie between parent and aim: it is then a five-hundredth at the aim. Neither a
 * retrained model nor an attack is asked. The trial is applied whose harmonic mean of the share of the way to the aim
 * and the kept share of what must stay is highest; one that is within {@value #CLOSE} nats and keeps enough ends the
 * search. NPO itself: Zhang et al. 2024, <a href="https://arxiv.org/abs/2404.05868">Negative Preference
 * Optimization</a>.
 *
 * @param trials how many may be made, in [1, 100]
 * @param leastUtility share of the parent's mean answer probability on the retain set that must stay, in (0, 1]
 * @param start the method whose step size and retain weight are the first to be tried
 */
@JsonTypeName("auto")
@Paper(title = "NPO, tuned by itself", value = "https://arxiv.org/abs/2404.05868")
public record AutomaticPreference(int trials, double leastUtility, NegativePreference start) implements LanguageMethod {

    private static final int MOST_RETAINED = 200;
    private static final double STRIDE = 3;
    private static final double FADING = 7;
    private static final double CLOSE = 0.05;
    private static final double HARM = 0.75;

    public AutomaticPreference {
        Require.between("trials", trials, 1, 100);
        Require.between("leastUtility", leastUtility, 1e-3, 1);
        Require.given("start", start);
    }

    @Override
    public TextRecipe recipe() {
        return start.recipe();
    }

    /** @throws ModelRefused if the task has no held-out texts to take the aim from */
    @Override
    public void apply(LanguageTask task) {
        if (task.heldOut().size() == 0) {
            throw new ModelRefused("auto needs held-out texts, of which the parent learned none");
        }
        var chosen = new Search(task).run();
        chosen.apply(task);
    }

    /** One after the other, each from the parent's weights. */
    private final class Search {

        private final LanguageTask task;
        private final Sequences retained;
        private final Map<String, float[]> parent;
        private final double aim;
        private final double gap;
        private final double way;
        private final double utilityBefore;
        private final List<Tried> tried = new ArrayList<>();
        private double tooSmall;
        private double tooLarge = Double.POSITIVE_INFINITY;
        private double harmful = Double.POSITIVE_INFINITY;

        Search(LanguageTask task) {
            this.task = task;
            this.retained = sample(task.retain());
            this.parent = task.model().weights();
            this.aim = level(task.model(), task.heldOut());
            this.gap = Math.max(1, gap(task.model().score(task.forget()), aim));
            this.way = Math.max(CLOSE, level(task.model(), task.forget()) - aim);
            this.utilityBefore = utility(task.model(), retained);
        }

        private record Tried(NegativePreference method, double distance, double utility) {

            double rate() {
                return method.recipe().learningRate();
            }

            double weight() {
                return method.retention().weight();
            }

            /** Larger steps that keep clearly less in spite of a retain weight that is no smaller. */
            boolean harmsMoreThan(Tried other) {
                return rate() > other.rate() && weight() >= other.weight() && utility < HARM * other.utility;
            }
        }

        NegativePreference run() {
            var next = start.with(Math.min(start.beta(), FADING / gap));
            for (int trial = 0; trial < trials; trial++) {
                var outcome = attempt(next, trial);
                if (!tried.isEmpty() && outcome.harmsMoreThan(tried.getLast())) {
                    harmful = outcome.rate();
                }
                tried.add(outcome);
                if (outcome.utility() >= leastUtility && Math.abs(outcome.distance()) <= CLOSE) {
                    break;
                }
                next = after(outcome);
                if (next.equals(outcome.method())) {
                    break;
                }
            }
            return tried.stream()
                    .max(Comparator.comparingDouble(this::merit))
                    .orElseThrow()
                    .method();
        }

        /** Harmonic mean of the share of the way to the aim and the share that is kept of what must stay, in [0, 1]. */
        private double merit(Tried one) {
            double forgotten = Math.max(0, 1 - Math.abs(one.distance()) / way);
            double kept = Math.min(1, one.utility() / leastUtility);
            return forgotten == 0 || kept == 0 ? 0 : 2 / (1 / forgotten + 1 / kept);
        }

        private Tried attempt(NegativePreference method, int trial) {
            double distance;
            double utility;
            try {
                method.apply(task.with(task.session().trial()));
                distance = level(task.model(), task.forget()) - aim;
                utility = utility(task.model(), retained) / utilityBefore;
            } catch (Diverged e) {
                distance = Double.NEGATIVE_INFINITY;
                utility = 0;
            } finally {
                task.model().restore(parent);
            }
            task.trials()
                    .accept(Trial.of(
                            trial + 1,
                            method.recipe().learningRate(),
                            method.retention().weight(),
                            distance,
                            utility));
            return new Tried(method, distance, utility);
        }

        private NegativePreference after(Tried last) {
            double rate = last.rate();
            double weight = last.weight();
            if (last.distance() > 0) {
                tooSmall = rate;
            } else {
                tooLarge = rate;
            }
            if (last.utility() < leastUtility) {
                weight *= STRIDE;
                tooLarge = Double.POSITIVE_INFINITY; // more is kept now, so less is forgotten at the same step size
            }
            double next = tooSmall == 0
                    ? rate / STRIDE
                    : tooLarge == Double.POSITIVE_INFINITY
                            ? (last.distance() > 0 ? rate * STRIDE : rate)
                            : Math.sqrt(tooSmall * tooLarge);
            next = Math.min(next, harmful / Math.sqrt(STRIDE));
            boolean neither = last.distance() > 0 && last.utility() < leastUtility;
            return neither && next <= rate ? last.method() : last.method().with(next, weight);
        }
    }

    private static Sequences sample(Sequences all) {
        int count = Math.min(all.size(), MOST_RETAINED);
        return all.subset(IntStream.range(0, count)
                .map(i -> (int) ((long) i * all.size() / count))
                .toArray());
    }

    /** Mean over texts of the mean log-probability of an answer's token, in nats. */
    private static double level(LanguageModel model, Sequences texts) {
        return mean(model, texts, log -> log);
    }

    /** By how many nats a forgotten answer is to become less probable, in the mean. */
    private static double gap(List<TokenScores> forget, double aim) {
        return forget.stream()
                .mapToDouble(one -> one.logLikelihood() - aim * one.logProbabilities().length)
                .average()
                .orElseThrow();
    }

    private static double utility(LanguageModel model, Sequences texts) {
        return mean(model, texts, Math::exp);
    }

    private static double mean(LanguageModel model, Sequences texts, ToDoubleFunction<Double> of) {
        return model.score(texts).stream()
                .mapToDouble(one -> of.applyAsDouble(one.meanLog()))
                .average()
                .orElseThrow();
    }
}
