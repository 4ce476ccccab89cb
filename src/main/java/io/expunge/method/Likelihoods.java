package io.expunge.method;

import ai.djl.ndarray.NDArray;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.SequenceBatch;
import io.expunge.engine.Sequences;

/** −log π_ref(y|x) of every record, computed once before the first step in place of a second model in memory. */
final class Likelihoods {

    private final float[] negative;

    private Likelihoods(float[] negative) {
        this.negative = negative;
    }

    static Likelihoods of(LanguageModel reference, Sequences sequences) {
        var negative = new float[sequences.size()];
        var scores = reference.score(sequences);
        for (int row = 0; row < negative.length; row++) {
            negative[row] = (float) -scores.get(row).logLikelihood();
        }
        return new Likelihoods(negative);
    }

    /** Of the batch's records, in nats, shape (n), without gradients. */
    NDArray of(SequenceBatch batch) {
        var rows = batch.rows();
        var ofRows = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            ofRows[i] = negative[rows[i]];
        }
        return batch.space().create(ofRows);
    }
}
