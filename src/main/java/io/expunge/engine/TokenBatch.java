package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences packed one behind the other into T rows, so that only attention, which needs them side by side, sees padding.
 * Lives until the end of the step that made it.
 *
 * @param tokens int64, shape (T)
 * @param positions of each row in its sequence, counted from 0
 * @param there int64, shape (n · L): the row that stands in each slot of n sequences padded at their right to the
 *     longest, L; which row fills a slot behind a sequence's end is of no effect
 * @param back int64, shape (T): the slot in which each row stands
 * @param ends the last row of each sequence
 * @param rows int64, shape (A): rows whose next token is a target
 * @param targets int64, shape (A): those next tokens
 * @param owners int64, shape (A): the sequences of the targets, counted from 0
 */
record TokenBatch(
        int sequences,
        NDArray tokens,
        long[] positions,
        NDArray there,
        NDArray back,
        long[] ends,
        NDArray rows,
        NDArray targets,
        NDArray owners) {

    /**
     * @param sequences tokens of each, at least one
     * @param firstTargets where in each sequence the part to be predicted begins, at least 1; its length for none
     * @throws IllegalArgumentException naming the sequence and the reason
     */
    static TokenBatch of(NDManager space, Decoder decoder, List<int[]> sequences, int[] firstTargets) {
        if (sequences.isEmpty() || sequences.size() != firstTargets.length) {
            throw new IllegalArgumentException("there must be a first target for each of one or more sequences");
        }
        int total = 0;
        int longest = 0;
        int answers = 0;
        for (int i = 0; i < firstTargets.length; i++) {
            var tokens = sequences.get(i);
            check(decoder, i, tokens, firstTargets[i]);
            total = Math.addExact(total, tokens.length);
            longest = Math.max(longest, tokens.length);
            answers += tokens.length - firstTargets[i];
        }
        var tokens = new long[total];
        var positions = new long[total];
        var there = new long[Math.multiplyExact(firstTargets.length, longest)];
        var back = new long[total];
        var ends = new long[firstTargets.length];
        var rows = new long[answers];
        var targets = new long[answers];
        var owners = new long[answers];
        int row = 0;
        int answer = 0;
        for (int i = 0; i < firstTargets.length; i++) {
            var sequence = sequences.get(i);
            int slot = i * longest;
            for (int at = 0; at < sequence.length; at++, row++) {
                tokens[row] = sequence[at];
                positions[row] = at;
                there[slot + at] = row;
                back[row] = (long) slot + at;
                if (at >= firstTargets[i]) {
                    rows[answer] = (long) row - 1;
                    targets[answer] = sequence[at];
                    owners[answer++] = i;
                }
            }
            ends[i] = (long) row - 1;
            Arrays.fill(there, slot + sequence.length, slot + longest, ends[i]);
        }
        return new TokenBatch(
                firstTargets.length,
                space.create(tokens),
                positions,
                space.create(there),
                space.create(back),
                ends,
                space.create(rows),
                space.create(targets),
                space.create(owners));
    }

    private static void check(Decoder decoder, int index, int[] tokens, int firstTarget) {
        if (tokens.length < 1 || tokens.length > decoder.positions()) {
            throw new IllegalArgumentException("sequence " + index + " must have between 1 and " + decoder.positions()
                    + " tokens but has " + tokens.length);
        }
        if (firstTarget < 1 || firstTarget > tokens.length) {
            throw new IllegalArgumentException("the first target of sequence " + index + " must lie between 1 and "
                    + tokens.length + " but was " + firstTarget);
        }
        for (int token : tokens) {
            if (token < 0 || token >= decoder.vocabulary()) {
                throw new IllegalArgumentException("sequence " + index + " holds the token " + token
                        + ", which is not in a vocabulary of " + decoder.vocabulary());
            }
        }
    }
}
