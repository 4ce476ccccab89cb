package io.expunge.engine;

import java.util.Arrays;
import java.util.List;

/** Tokenised texts; the first tokens of each are given, the others are to be predicted. */
public record Sequences(List<Sequence> all) {

    /**
     * One text.
     *
     * @param tokens ids, at least two
     * @param given how many tokens at its beginning are given and never predicted: the prompt; at least one
     */
    public record Sequence(int[] tokens, int given) {

        /**
         * Checks that something is left to predict.
         *
         * @throws IllegalArgumentException if nothing is, or if nothing is given
         */
        public Sequence {
            if (given < 1 || given >= tokens.length) {
                throw new IllegalArgumentException("of " + tokens.length
                        + " tokens at least one must be given and one be left to predict, not " + given + " given");
            }
            tokens = tokens.clone();
        }

        /** How many tokens are to be predicted. */
        public int answerLength() {
            return tokens.length - given;
        }

        /** The tokens to be predicted. */
        public int[] answer() {
            return Arrays.copyOfRange(tokens, given, tokens.length);
        }

        /** The given tokens. */
        public int[] prompt() {
            return Arrays.copyOf(tokens, given);
        }
    }

    public Sequences {
        all = List.copyOf(all);
    }

    public int size() {
        return all.size();
    }

    public Sequence get(int row) {
        return all.get(row);
    }

    /** Those of the rows, in their order. */
    public Sequences subset(int... rows) {
        return new Sequences(Arrays.stream(rows).mapToObj(all::get).toList());
    }

    /** Tokens of all sequences together. */
    public long tokens() {
        return all.stream().mapToLong(one -> one.tokens().length).sum();
    }

    /**
     * Passes when a model can read all of it.
     *
     * @throws ModelRefused naming the first sequence that is too long or holds a token that the model lacks
     */
    void checkFit(int positions, int vocabulary) {
        for (int row = 0; row < all.size(); row++) {
            var tokens = all.get(row).tokens();
            if (tokens.length > positions) {
                throw new ModelRefused("record " + row + " has " + tokens.length
                        + " tokens but the model's context holds " + positions);
            }
            for (int token : tokens) {
                if (token < 0 || token >= vocabulary) {
                    throw new ModelRefused("record " + row + " has the token " + token
                            + " but the model's vocabulary ends at " + (vocabulary - 1));
                }
            }
        }
    }
}
