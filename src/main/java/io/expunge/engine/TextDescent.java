package io.expunge.engine;

import java.util.List;

/**
 * One stretch of a language model's training.
 *
 * @param label what a person is told is under way
 * @param recipe steps, step sizes and regularisation; an epoch is a pass over the first source
 * @param seed decides the order of the sequences
 * @param sources that each step draws a batch from; those after the first begin anew as often as needed
 */
public record TextDescent(
        String label, TextRecipe recipe, long seed, List<Source> sources, LanguageObjective objective) {

    /**
     * Where batches are drawn from.
     *
     * @param alongside whether the batch has the rows of the first source's batch, instead of draws of its own
     */
    public record Source(Sequences sequences, boolean alongside) {

        public static Source of(Sequences sequences) {
            return new Source(sequences, false);
        }

        /** Sequences that belong to the first source's, one to one. */
        public static Source alongside(Sequences sequences) {
            return new Source(sequences, true);
        }
    }

    public TextDescent {
        sources = List.copyOf(sources);
        if (sources.isEmpty() || sources.getFirst().alongside()) {
            throw new IllegalArgumentException("the first of one or more sources must draw for itself");
        }
        for (var source : sources) {
            if (source.alongside()
                    && source.sequences().size()
                            != sources.getFirst().sequences().size()) {
                throw new IllegalArgumentException("sources that go together must be of one size");
            }
        }
    }
}
