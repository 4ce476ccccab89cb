package io.expunge.lab;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.expunge.engine.FullBatch;
import io.expunge.method.PreferenceLosses;

/** Terms of the losses that a synthetic problem is unlearned by; each takes θ and gives a scalar with gradients. */
final class SyntheticLosses {

    private final NDArray forget;
    private final NDArray retain;
    private final NDArray refusals;
    private final NDArray forgetReference;
    private final NDArray refusalReference;

    /** @param reference θ of the model before unlearning */
    SyntheticLosses(FullBatch descent, SyntheticProblem problem, double[] reference) {
        this.forget = rows(descent, problem.forget());
        this.retain = rows(descent, problem.retain());
        this.refusals = rows(descent, problem.refusals());
        int count = problem.forget().size();
        this.forgetReference = descent.constant(problem.forget().negativeLogLikelihoods(reference), count);
        this.refusalReference = descent.constant(problem.refusals().negativeLogLikelihoods(reference), count);
    }

    /** θ after plain training from zero by the mean cross-entropy on {@code records}. */
    static double[] train(FullBatch descent, RandomFeatures records, int steps, double rate) {
        var rows = rows(descent, records);
        return descent.descend(
                new double[SyntheticProblem.FEATURES],
                steps,
                rate,
                theta -> nll(rows, theta).mean());
    }

    NDArray ascent(NDArray theta) {
        return nll(forget, theta).mean().neg();
    }

    NDArray keeping(NDArray theta) {
        return nll(retain, theta).mean();
    }

    NDArray refusing(NDArray theta) {
        return nll(refusals, theta).mean();
    }

    NDArray npo(NDArray theta, double beta) {
        return PreferenceLosses.npo(nll(forget, theta), forgetReference, beta);
    }

    NDArray dpo(NDArray theta, double beta) {
        return PreferenceLosses.dpo(nll(refusals, theta), nll(forget, theta), refusalReference, forgetReference, beta);
    }

    private static NDArray rows(FullBatch descent, RandomFeatures records) {
        return descent.constant(records.signed(), records.size(), SyntheticProblem.FEATURES);
    }

    /** −log σ(row · θ), shape (n). */
    private static NDArray nll(NDArray rows, NDArray theta) {
        return Activation.softPlus(rows.matMul(theta).neg());
    }
}
