package io.expunge.lab;

import io.expunge.engine.FullBatch;
import java.nio.file.Path;
import java.util.List;

/**
 * How far six unlearning methods come from a retrained model, step by step, where everything is known: the synthetic
 * experiment of Zhang et al. 2024, <a href="https://arxiv.org/abs/2404.05868">Negative Preference Optimization</a>, §4 and
 * appendix D.
 *
 * <pre>forget distance = E_forget KL(π_retrained ‖ π_θ)     retain distance = E_retain KL(π_retrained ‖ π_θ)</pre>
 *
 * <p>Both expectations are over fresh records, in nats. The model before unlearning has learned from all records and the
 * retrained one from those to keep.
 */
public final class SyntheticExperiment implements Experiment {

    private static final List<Integer> ALPHAS = List.of(1, 0);
    private static final double TRAINING_RATE = 0.05;

    private final int trainingSteps;
    private final int steps;
    private final int between;

    SyntheticExperiment(int trainingSteps, int steps, int between) {
        this.trainingSteps = trainingSteps;
        this.steps = steps;
        this.between = between;
    }

    /** As published: 20,000 steps of training, 2,000 of unlearning, measured after every 25. */
    public static SyntheticExperiment published() {
        return new SyntheticExperiment(20_000, 2000, 25);
    }

    @Override
    public String name() {
        return "npo-synthetic";
    }

    @Override
    public boolean needsData() {
        return false;
    }

    @Override
    public boolean draws() {
        return true;
    }

    @Override
    public void run(Path data, int seeds, LabOptions options, Report report) {
        var curves = new SyntheticCurves(steps, between);
        int done = 0;
        for (int alpha : ALPHAS) {
            for (int seed = 0; seed < seeds; seed++) {
                unlearn(alpha, SyntheticProblem.draw(alpha, 1000L * (seed + 1)), curves);
                report.progress("α = " + alpha + ", seed " + (seed + 1), ++done, (long) ALPHAS.size() * seeds);
            }
        }
        for (int alpha : ALPHAS) {
            curves.print(alpha, report);
        }
        report.picture(png -> SyntheticPlot.write(curves, ALPHAS, png));
    }

    private void unlearn(int alpha, SyntheticProblem problem, SyntheticCurves curves) {
        try (var descent = new FullBatch()) {
            var original = SyntheticLosses.train(
                    descent, problem.retain().and(problem.forget()), trainingSteps, TRAINING_RATE);
            var retrained = SyntheticLosses.train(descent, problem.retain(), trainingSteps, TRAINING_RATE);
            var losses = new SyntheticLosses(descent, problem, original);
            for (var method : SyntheticMethod.values()) {
                var curve = curves.open(alpha, method);
                var setting = method.setting(alpha);
                var theta = original;
                add(curve, problem, retrained, theta);
                for (int step = 0; step < steps; step += between) {
                    theta = descent.descend(
                            theta, between, setting.rate(), at -> method.loss(losses, at, setting.beta()));
                    add(curve, problem, retrained, theta);
                }
            }
        }
    }

    private static void add(SyntheticCurves.Curve curve, SyntheticProblem problem, double[] retrained, double[] theta) {
        curve.add(
                problem.unseenForget().divergence(retrained, theta),
                problem.unseenRetain().divergence(retrained, theta));
    }
}
