package io.expunge.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds edited networks against retrained ones, point by point, where retrained ones against each other say what honest
 * retraining comes to.
 *
 * <p>The 2N retrained networks are dealt into two halves again and again. At each point the divergence of one half from the
 * other has a 95th percentile over the deals; of honest retraining, 5 % of all points lie above theirs. How many more points
 * do with the edited networks in the first half's place is the finding; its spread over the deals is its interval, which
 * knows that the points are not independent because all networks answer for all of them.
 */
public final class DivergenceComparison {

    private static final int DEALS = 40;
    private static final int ATTACKS = 10;
    private static final double LEVEL = 0.95;
    private static final double TAIL = 0.025;

    /** Noncentrality at which a χ² test of mean and variance at 5 % finds a difference in four of five samples. */
    private static final double TOLD = 9.635;

    private static final int MOST_NEEDED = 100_000;

    private final EnsembleMargins margins;
    private final int models;
    private final List<Deal> deals = new ArrayList<>();
    private final int[] all;
    private final int[] every;

    /** @param seed of the deals */
    public DivergenceComparison(EnsembleMargins margins, long seed) {
        this.margins = margins;
        this.models = margins.models();
        this.all = IntStream.range(0, models).toArray();
        this.every = IntStream.range(0, 2 * models).toArray();
        var random = new Random(seed);
        for (int d = 0; d < DEALS; d++) {
            var dealt = shuffled(2 * models, random);
            deals.add(new Deal(
                    Arrays.copyOf(dealt, models),
                    Arrays.copyOfRange(dealt, models, 2 * models),
                    shuffled(models, random)));
        }
    }

    /**
     * One deal.
     *
     * @param first retrained networks that stand where the edited ones do
     * @param second retrained networks that all are held against
     * @param edited the edited networks in some order
     */
    private record Deal(int[] first, int[] second, int[] edited) {}

    /** Whatever a check makes of the three sides, by deal. */
    private record Sides(double[] before, double[] after, double[] nothing) {}

    private double between(double[] one, double[] other) {
        return MarginDivergence.forModels(models, one, other);
    }

    /** The findings, in the order of {@link Check}. */
    public List<Finding> findings() {
        int stays = margins.forget() + margins.retain();
        var all = new ArrayList<Finding>();
        all.add(finding(Check.FORGET_KLOM, outside(0, margins.forget())));
        if (margins.retain() > 0) {
            all.add(finding(Check.RETAIN_KLOM, outside(margins.forget(), stays)));
        }
        if (margins.test() > 0) {
            all.add(finding(Check.TEST_KLOM, outside(stays, stays + margins.test())));
        }
        all.add(finding(Check.FORGET_LIKELIHOOD_RATIO, attacked()));
        return all;
    }

    /** The numbers that stand beside the findings. */
    public Divergence divergence() {
        int stays = margins.forget() + margins.retain();
        var parts = new ArrayList<Divergence.Part>();
        parts.add(part("forget", 0, margins.forget()));
        if (margins.retain() > 0) {
            parts.add(part("retain", margins.forget(), stays));
        }
        if (margins.test() > 0) {
            parts.add(part("test", stays, stays + margins.test()));
        }
        var sides = outside(0, margins.forget());
        return new Divergence(
                models,
                models < MarginDivergence.FEW ? "moments" : "histogram",
                parts,
                forgetting(),
                prediction(),
                finding(Check.FORGET_KLOM, new Sides(sides.before(), sides.before(), sides.nothing())),
                needed());
    }

    /** Shares of the points that lie above the null's 95th percentile of their own. */
    private Sides outside(int from, int to) {
        var sides = new Sides(new double[DEALS], new double[DEALS], new double[DEALS]);
        double one = 1.0 / (to - from);
        for (int x = from; x < to; x++) {
            var before = EnsembleMargins.column(margins.before(), all, x);
            var after = EnsembleMargins.column(margins.after(), all, x);
            var nothing = new double[DEALS];
            for (int d = 0; d < DEALS; d++) {
                nothing[d] = between(
                        retrained(deals.get(d).first(), x),
                        retrained(deals.get(d).second(), x));
            }
            var sorted = nothing.clone();
            Arrays.sort(sorted);
            double limit = DivergenceSummary.quantile(sorted, LEVEL);
            for (int d = 0; d < DEALS; d++) {
                var against = retrained(deals.get(d).second(), x);
                sides.before()[d] += between(before, against) > limit ? one : 0;
                sides.after()[d] += between(after, against) > limit ? one : 0;
                sides.nothing()[d] += nothing[d] > limit ? one : 0;
            }
        }
        return sides;
    }

    private double[] retrained(int[] chosen, int point) {
        return EnsembleMargins.column(margins.retrained(), chosen, point);
    }

    /** How often the likelihood-ratio attack is right about networks that it was not fitted to. */
    private Sides attacked() {
        var sides = new Sides(new double[ATTACKS], new double[ATTACKS], new double[ATTACKS]);
        for (int d = 0; d < ATTACKS; d++) {
            var deal = deals.get(d);
            sides.before()[d] = attack(margins.before(), deal.edited(), deal.second());
            sides.after()[d] = attack(margins.after(), deal.edited(), deal.second());
            sides.nothing()[d] = attack(margins.retrained(), deal.first(), deal.second());
        }
        return sides;
    }

    private double attack(double[][] side, int[] chosen, int[] never) {
        int half = models / 2;
        var forgotten = new double[margins.forget() * (models - half)];
        var neverSeen = new double[forgotten.length];
        int at = 0;
        for (int x = 0; x < margins.forget(); x++) {
            var ours = EnsembleMargins.column(side, chosen, x);
            var theirs = retrained(never, x);
            var shadows = Arrays.copyOf(ours, half);
            var others = Arrays.copyOf(theirs, half);
            for (int m = half; m < models; m++) {
                forgotten[at] = LikelihoodRatioAttack.probability(ours[m], shadows, others);
                neverSeen[at++] = LikelihoodRatioAttack.probability(theirs[m], shadows, others);
            }
        }
        return LikelihoodRatioAttack.balancedAccuracy(forgotten, neverSeen);
    }

    private static Finding finding(Check check, Sides sides) {
        var difference = new double[sides.after().length];
        Arrays.setAll(difference, d -> sides.after()[d] - sides.nothing()[d]);
        var nothing = sides.nothing().clone();
        Arrays.sort(nothing);
        double mean = Moments.mean(difference);
        Arrays.sort(difference);
        return new Finding(
                check.code(),
                Moments.mean(sides.before()),
                Moments.mean(sides.after()),
                Moments.mean(nothing),
                DivergenceSummary.quantile(nothing, TAIL),
                DivergenceSummary.quantile(nothing, 1 - TAIL),
                mean,
                DivergenceSummary.quantile(difference, TAIL),
                DivergenceSummary.quantile(difference, 1 - TAIL));
    }

    private Divergence.Part part(String points, int from, int to) {
        var deal = deals.getFirst();
        var against = EnsembleMargins.points(margins.retrained(), deal.second(), from, to);
        return new Divergence.Part(
                points,
                to - from,
                DivergenceSummary.of(EnsembleMargins.points(margins.before(), all, from, to), against, this::between),
                DivergenceSummary.of(EnsembleMargins.points(margins.after(), all, from, to), against, this::between),
                DivergenceSummary.of(
                        EnsembleMargins.points(margins.retrained(), deal.first(), from, to), against, this::between));
    }

    private Divergence.@Nullable Prediction prediction() {
        if (margins.predicted().length == 0) {
            return null;
        }
        int forget = margins.forget();
        double left = 0;
        double way = 0;
        for (int x = 0; x < forget; x++) {
            double start = Moments.mean(EnsembleMargins.column(margins.before(), all, x));
            double goal = Moments.mean(retrained(every, x));
            double foretold = Moments.mean(EnsembleMargins.column(margins.predicted(), all, x));
            left += (goal - foretold) * (goal - foretold);
            way += (goal - start) * (goal - start);
        }
        var against =
                EnsembleMargins.points(margins.retrained(), deals.getFirst().second(), 0, forget);
        return new Divergence.Prediction(
                DivergenceSummary.of(margins.predicted(), against, this::between), way == 0 ? 0 : 1 - left / way);
    }

    private Divergence.Quality forgetting() {
        var deal = deals.getFirst();
        return new Divergence.Quality(
                forgetting(margins.before(), all, deal.second()),
                forgetting(margins.after(), all, deal.second()),
                forgetting(margins.retrained(), deal.first(), deal.second()));
    }

    private double forgetting(double[][] side, int[] chosen, int[] against) {
        var epsilons = new double[margins.forget()];
        Arrays.setAll(
                epsilons,
                x -> ForgettingQuality.epsilon(EnsembleMargins.column(side, chosen, x), retrained(against, x)));
        return ForgettingQuality.of(epsilons, models);
    }

    /**
     * N times the divergence of normal distributions is a noncentral χ² of two degrees of freedom, whose noncentrality is N
     * times the divergence of the truth. What the unedited networks show beyond the null, on average over the points, stands
     * for the truth; with 2N networks on one side the null is ¾ of what it is with N on both.
     */
    private @Nullable Integer needed() {
        double apart = 0;
        double floor = 0;
        for (int x = 0; x < margins.forget(); x++) {
            apart += MarginDivergence.ofMomentsAtMost(
                    EnsembleMargins.column(margins.before(), all, x), retrained(every, x));
            for (var deal : deals) {
                floor += MarginDivergence.ofMomentsAtMost(retrained(deal.first(), x), retrained(deal.second(), x))
                        / DEALS;
            }
        }
        double needed = Math.ceil(TOLD * margins.forget() / (apart - 0.75 * floor));
        return needed > models && needed <= MOST_NEEDED ? (int) needed : null;
    }

    private static int[] shuffled(int size, Random random) {
        var order = IntStream.range(0, size).toArray();
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
        return order;
    }
}
