package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** Sequences of one step, or of one part of it, on the device; lives until the end of that part. */
public final class SequenceBatch {

    private final int[] rows;
    private final int sequencesOfStep;
    private final int targetsOfStep;
    private final NDManager space;
    private final TokenBatch tokens;
    private final int[] answerLengths;
    private final Map<String, Double> terms;

    /**
     * Some sequences of a step.
     *
     * @param rows of {@code source}
     * @param sequencesOfStep how many the whole step takes of the source
     * @param targetsOfStep how many tokens the whole step predicts of the source
     * @param terms of the step's loss so far, which this batch adds to
     */
    SequenceBatch(
            NDManager space,
            Decoder decoder,
            Sequences source,
            int[] rows,
            int sequencesOfStep,
            int targetsOfStep,
            Map<String, Double> terms) {
        this.rows = rows;
        this.sequencesOfStep = sequencesOfStep;
        this.targetsOfStep = targetsOfStep;
        this.space = space;
        this.terms = terms;
        var part = source.subset(rows);
        this.answerLengths =
                part.all().stream().mapToInt(Sequences.Sequence::answerLength).toArray();
        this.tokens = TokenBatch.of(
                space,
                decoder,
                part.all().stream().map(Sequences.Sequence::tokens).toList(),
                part.all().stream().mapToInt(Sequences.Sequence::given).toArray());
    }

    /** Where the sequences stand in their source. */
    public int[] rows() {
        return rows.clone();
    }

    /** Share of the step's sequences; what a mean over sequences is to be weighed with. */
    public float share() {
        return rows.length / (float) sequencesOfStep;
    }

    /** How many tokens the whole step predicts of this source: the divisor of a mean over tokens. */
    public float targetsOfStep() {
        return targetsOfStep;
    }

    /** How many tokens each sequence has to be predicted, shape (n). */
    public NDArray answerLengths() {
        var lengths = new float[answerLengths.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = answerLengths[i];
        }
        return space.create(lengths);
    }

    /** Owns the arrays that are made of this batch. */
    public NDManager space() {
        return space;
    }

    /**
     * Tells whoever watches the descent what one of the terms of the loss is.
     *
     * @param term a scalar
     * @return the same
     */
    public NDArray told(String name, NDArray term) {
        terms.merge(name, (double) term.getFloat(), Double::sum);
        return term;
    }

    TokenBatch tokens() {
        return tokens;
    }
}
