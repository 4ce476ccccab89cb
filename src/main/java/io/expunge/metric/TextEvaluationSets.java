package io.expunge.metric;

import io.expunge.engine.Sequences;
import java.util.List;

/**
 * The texts that language models are asked about.
 *
 * @param forget what was to be forgotten
 * @param forgetTexts the texts of {@code forget} as people read them, for the zlib attack
 * @param paraphrased answers of {@code forget} after prompts in other words; may be none
 * @param retain some of the rest of what the parent learned from
 * @param test texts that no model saw, drawn as the training texts were
 * @param testTexts those of {@code test} as people read them
 */
public record TextEvaluationSets(
        Sequences forget,
        List<String> forgetTexts,
        Sequences paraphrased,
        Sequences retain,
        Sequences test,
        List<String> testTexts) {

    public TextEvaluationSets {
        forgetTexts = List.copyOf(forgetTexts);
        testTexts = List.copyOf(testTexts);
        if (forget.size() == 0 || retain.size() == 0) {
            throw new IllegalArgumentException(
                    "a battery needs forgotten and retained texts but has " + forget.size() + " and " + retain.size());
        }
        Require.sameLength("forget", forget.size(), "forgetTexts", forgetTexts.size());
        Require.sameLength("test", test.size(), "testTexts", testTexts.size());
    }
}
