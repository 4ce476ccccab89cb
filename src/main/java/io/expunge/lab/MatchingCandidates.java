package io.expunge.lab;

import io.expunge.engine.Recipe;
import io.expunge.method.DatamodelMatching;
import io.expunge.method.Estimator;
import io.expunge.method.GradientAscent;
import io.expunge.method.GradientDifference;
import io.expunge.method.L1Sparse;
import io.expunge.method.Matching;
import io.expunge.method.NegativeGradientPlus;
import io.expunge.method.NetworkMethod;
import io.expunge.method.OracleMatching;
import io.expunge.method.Schedule;
import io.expunge.method.Scrub;
import java.util.List;
import java.util.stream.Stream;

/** Six settings of each row of the table, of which one is taken on records and networks that the table does not count. */
final class MatchingCandidates {

    /** Of the gradients of one retraining, what matching may compute. */
    private static final double SHARE = 0.05;

    private static final int MOST_EPOCHS = 30;
    private static final double MOMENTUM = 0.9;

    private final int batch;
    private final double decay;
    private final double budget;
    private final int forgotten;
    private final long seed;

    MatchingCandidates(MatchingProblem problem, int forgotten, long seed) {
        this.batch = problem.recipe().batchSize();
        this.decay = problem.recipe().weightDecay();
        this.budget = SHARE * problem.retraining(forgotten);
        this.forgotten = forgotten;
        this.seed = seed;
    }

    /** @param multiplier of the prediction, where the row has one */
    List<NetworkMethod> of(String row, double multiplier) {
        return switch (row) {
            case "ga" ->
                Stream.of(pass(1, 1e-3), pass(1, 3e-3), pass(1, 1e-2), pass(5, 1e-3), pass(5, 3e-3), pass(5, 1e-2))
                        .<NetworkMethod>map(GradientAscent::new)
                        .toList();
            case "graddiff" ->
                Stream.of(pass(2, 3e-3), pass(2, 1e-2), pass(5, 3e-3), pass(5, 1e-2), pass(20, 1e-3), pass(20, 3e-3))
                        .<NetworkMethod>map(GradientDifference::new)
                        .toList();
            case "neggrad" ->
                Stream.of(0.9, 0.95, 0.99)
                        .<NetworkMethod>flatMap(share -> Stream.of(
                                new NegativeGradientPlus(share, pass(1, 0.01)),
                                new NegativeGradientPlus(share, pass(2, 0.03))))
                        .toList();
            case "scrub" ->
                Stream.of(5e-4, 2e-3)
                        .<NetworkMethod>flatMap(
                                rate -> Stream.of(scrub(1, 2, rate), scrub(1, 3, rate), scrub(2, 4, rate)))
                        .toList();
            case "l1-sparse" ->
                Stream.of(1e-5, 1e-4, 5e-4)
                        .<NetworkMethod>flatMap(penalty -> Stream.of(
                                new L1Sparse(penalty, 1, pass(2, 0.03)), new L1Sparse(penalty, 1, pass(2, 0.1))))
                        .toList();
            case "dmm-trak" -> matched(Estimator.TRAK, multiplier);
            case "dmm-datamodel" -> matched(Estimator.DATAMODELS, multiplier);
            case "oracle" -> matchings().<NetworkMethod>map(OracleMatching::new).toList();
            default -> throw new IllegalArgumentException("there is no row " + row);
        };
    }

    private List<NetworkMethod> matched(Estimator estimator, double multiplier) {
        return matchings()
                .<NetworkMethod>map(matching -> new DatamodelMatching(estimator, multiplier, matching))
                .toList();
    }

    private Stream<Matching> matchings() {
        return Stream.of(
                matching(1, 20, 16, 5e-3),
                matching(2, 8, 32, 1e-2),
                matching(2, 8, 16, 5e-3),
                matching(4, 8, 32, 1e-2),
                matching(2, 5, 32, 1e-2),
                matching(5, 10, 16, 5e-3));
    }

    /** As many passes as the budget allows. */
    private Matching matching(int repeats, int multiple, int size, double rate) {
        int epochs = Math.clamp((long) (budget / ((repeats + multiple) * forgotten)), 1, MOST_EPOCHS);
        return new Matching(repeats, multiple, epochs, size, rate, Recipe.Schedule.COSINE, seed);
    }

    private Schedule pass(int epochs, double rate) {
        return new Schedule(epochs, batch, rate, MOMENTUM, decay, seed);
    }

    private NetworkMethod scrub(int forgetEpochs, int epochs, double rate) {
        return new Scrub(forgetEpochs, epochs, 2, 0.5, 1, 64, batch, rate, 0, 0.1, seed);
    }
}
