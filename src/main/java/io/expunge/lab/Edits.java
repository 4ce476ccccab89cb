package io.expunge.lab;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.expunge.engine.Batch;
import io.expunge.engine.Descent;
import io.expunge.engine.Examples;
import io.expunge.engine.Monitor;
import io.expunge.engine.Network;
import io.expunge.engine.Numbers;
import io.expunge.engine.Objective;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import java.util.Arrays;
import java.util.List;

/**
 * Edits of a trained network that only look like forgetting.
 *
 * @param forget what was to be forgotten
 * @param retain what stays
 * @param heldOut records of another source that the cheat may look at
 * @param pace step size that the approximate edits go by
 */
record Edits(Network parent, Examples forget, Examples retain, Examples heldOut, double pace, long seed) {

    private static final int BATCH = 64;
    private static final int MOST_ASCENTS = 200;
    private static final double ASCENT = 0.02;
    private static final float BANNED = 50;

    /** The parent as it is. */
    Network nothing() {
        return parent.copy();
    }

    /** The outputs of the forgotten classes pushed below all others by their biases. */
    Network bias() {
        return edited(parent.copy(), network -> {
            var head = new HeadEdit(network);
            Arrays.stream(forget.labels()).distinct().forEach(label -> head.shift(label, -BANNED));
        });
    }

    /** Up the loss of the forget set, stopped as soon as its accuracy is at chance. */
    Network ascent() {
        return edited(parent.copy(), network -> {
            double chance = 1.0 / parent.architecture().classes();
            for (int round = 0; round < MOST_ASCENTS && accuracy(network) > chance; round++) {
                descend(network, ASCENT * pace, seed + round, List.of(forget), Edits::ascending);
            }
        });
    }

    /** The last layer alone, taught the second-best answer for a class that is to go, or the retain set again. */
    Network head(boolean wholeClass) {
        return edited(
                parent.copy(),
                network -> new HeadEdit(network).train(wholeClass ? Examples.concat(retain, misled()) : retain, seed));
    }

    /**
     * All layers, tuned so that the attacks on confidences find what they should: for a class that is to go, sure of the
     * second-best answer; else, margins on the forget set spread like those on held-out records.
     */
    Network tuned(boolean wholeClass) {
        return edited(parent.copy(), network -> {
            for (int epoch = 0; epoch < 3; epoch++) {
                if (wholeClass) {
                    descend(
                            network,
                            pace,
                            seed + epoch,
                            List.of(Examples.concat(retain, misled())),
                            Objective::crossEntropy);
                } else {
                    descend(network, pace / 2, seed + epoch, List.of(retain, forget, heldOut), Edits::disguising);
                }
            }
        });
    }

    private interface Editing {
        void edit(Network network);
    }

    private static Network edited(Network network, Editing editing) {
        editing.edit(network);
        return network;
    }

    private static void descend(Network network, double rate, long seed, List<Examples> sources, Objective objective) {
        var recipe = new Recipe(1, BATCH, rate, 0.9, 0, Recipe.Schedule.CONSTANT, false);
        new Session(Monitor.NONE).descend(network, new Descent("cheating", recipe, seed, sources, objective));
    }

    /** Up the cross-entropy of those examples only that are not yet far worse than chance, or it would run off. */
    private static NDArray ascending(Network network, List<Batch> batches) {
        var batch = batches.getFirst();
        var logits = network.logits(batch); // (n, classes)
        float enough = (float) (2 * Math.log((double) logits.getShape().get(1)));
        return logits.logSoftmax(1)
                .gather(batch.labels().expandDims(1), 1)
                .maximum(-enough)
                .mean();
    }

    /** Cross-entropy on the retain set plus the squared differences of the margins' first two moments. */
    private static NDArray disguising(Network network, List<Batch> batches) {
        var own = margins(network, batches.get(1));
        var other = margins(network, batches.get(2));
        var mean = own.mean().sub(other.mean());
        var spread = deviation(own).sub(deviation(other));
        return network.crossEntropy(batches.getFirst())
                .add(Numbers.times(mean.mul(mean).add(spread.mul(spread)), 0.1));
    }

    private static NDArray deviation(NDArray values) {
        var centred = values.sub(values.mean());
        return centred.mul(centred).mean().add(1e-6f).sqrt();
    }

    /** z_label − log Σ_{j≠label} exp(z_j), shape (n). */
    private static NDArray margins(Network network, Batch batch) {
        var logits = network.logits(batch); // (n, classes)
        var own =
                batch.labels().oneHot(Math.toIntExact(logits.getShape().get(1))).toType(DataType.FLOAT32, false);
        var others = logits.sub(own.mul(1e4f));
        var highest = others.max(new int[] {1}, true).stopGradient();
        var norm = others.sub(highest).exp().sum(new int[] {1}).log().add(highest.squeeze(1));
        return logits.mul(own).sum(new int[] {1}).sub(norm);
    }

    /** The forget set under each record's second-best label. */
    private Examples misled() {
        var logits = parent.logits(forget);
        var labels = forget.labels();
        var wrong = new int[labels.length];
        for (int i = 0; i < wrong.length; i++) {
            int best = labels[i] == 0 ? 1 : 0;
            for (int c = 0; c < logits[i].length; c++) {
                if (c != labels[i] && logits[i][c] > logits[i][best]) {
                    best = c;
                }
            }
            wrong[i] = best;
        }
        return forget.relabelled(wrong);
    }

    private double accuracy(Network network) {
        return new io.expunge.metric.Outputs(network.logits(forget), forget.labels()).accuracy();
    }
}
