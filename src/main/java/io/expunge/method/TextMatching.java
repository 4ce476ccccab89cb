package io.expunge.method;

import ai.djl.ndarray.NDArray;
import io.expunge.engine.Numbers;
import io.expunge.engine.Seeds;
import io.expunge.engine.SequenceBatch;
import io.expunge.engine.Sequences;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import java.util.ArrayList;
import java.util.List;

/**
 * How a language model is tuned towards a teacher: the mean squared error over the log odds of answers ({@link
 * io.expunge.engine.LogOdds}) of the forget set and of a random part of the retain set, drawn once.
 *
 * @param forgetRepeats how often each record of the forget set stands in an epoch
 * @param retainMultiple records of the retain set for each of the forget set
 * @param recipe how the weights are moved; an epoch is a pass over these points
 * @param seed decides which retained records take part, and the order
 */
public record TextMatching(int forgetRepeats, int retainMultiple, TextRecipe recipe, long seed) {

    public TextMatching {
        Require.between("forgetRepeats", forgetRepeats, 1, 1000);
        Require.between("retainMultiple", retainMultiple, 1, 1000);
        Require.given("recipe", recipe);
    }

    void descend(LanguageTask task, Teacher teacher, String label) {
        var rows = Matching.retained(
                seed, retainMultiple, task.forget().size(), task.retain().size());
        var points = new ArrayList<Sequences.Sequence>();
        var targets = new ArrayList<Float>();
        var onForget = teacher.onForget();
        for (int repeat = 0; repeat < forgetRepeats; repeat++) {
            for (int row = 0; row < onForget.length; row++) {
                points.add(task.forget().get(row));
                targets.add(onForget[row][0]);
            }
        }
        var onRetain = teacher.onRetain(rows);
        for (int i = 0; i < rows.length; i++) {
            points.add(task.retain().get(rows[i]));
            targets.add(onRetain[i][0]);
        }
        task.session()
                .descend(
                        task.model(),
                        new TextDescent(
                                label,
                                recipe,
                                Seeds.derive(seed, 1),
                                List.of(TextDescent.Source.of(new Sequences(points))),
                                (model, batches) -> {
                                    var batch = batches.getFirst();
                                    var apart = model.logOdds(batch).sub(of(batch, targets));
                                    return Numbers.times(apart.mul(apart).mean(), batch.share());
                                }));
    }

    private static NDArray of(SequenceBatch batch, List<Float> targets) {
        var rows = batch.rows();
        var wanted = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            wanted[i] = targets.get(rows[i]);
        }
        return batch.space().create(wanted);
    }
}
