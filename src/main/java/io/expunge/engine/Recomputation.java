package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes of one part of a step that keep only what enters each block: Chen et al. 2016, <a
 * href="https://arxiv.org/abs/1604.06174">Training Deep Nets with Sublinear Memory Cost</a>.
 *
 * <p>Forwards, nothing is recorded: the loss is made of leaves that stand for what the blocks gave. Once its gradients with
 * regard to these are there, every block y = f(x) is computed again, last block first, and ⟨f(x), ∂L/∂y⟩ differentiated,
 * whose gradients with regard to x and the weights are those of L. The head goes the same way, some rows of logits at a
 * time.
 */
final class Recomputation {

    /**
     * One way through the blocks.
     *
     * @param entries what enters each block
     * @param end a leaf with what leaves the last one
     */
    private record Way(TokenBatch batch, List<NDArray> entries, NDArray end) {}

    /**
     * One use of the head.
     *
     * @param hidden what it reads
     * @param answer a leaf with log p of the targets
     */
    private record Head(TokenBatch batch, NDArray hidden, NDArray answer) {}

    private final DecoderPass plain;
    private final DecoderPass traced;
    private final NDManager space;
    private final List<Way> ways = new ArrayList<>();
    private final List<Head> heads = new ArrayList<>();

    /**
     * Has done nothing yet.
     *
     * @param plain through weights without gradients
     * @param traced through the same weights with them
     * @param space where all of it lives, until the part ends
     */
    Recomputation(DecoderPass plain, DecoderPass traced, NDManager space) {
        this.plain = plain;
        this.traced = traced;
        this.space = space;
    }

    /** As {@link DecoderPass#residual(TokenBatch, int)}. */
    NDArray residual(TokenBatch batch, int blocks) {
        var entries = new ArrayList<NDArray>();
        var x = plain.embedded(batch);
        for (int layer = 0; layer < blocks; layer++) {
            entries.add(x);
            x = plain.block(layer, x, batch);
        }
        var end = leaf(x, space);
        ways.add(new Way(batch, entries, end));
        return end;
    }

    /** As {@link DecoderPass#hidden}. */
    NDArray hidden(TokenBatch batch) {
        return traced.normalised(residual(batch, traced.layers()));
    }

    /** As {@link DecoderPass#tokenLogProbabilities} of what {@link #hidden} gives. */
    NDArray tokenLogProbabilities(TokenBatch batch) {
        var hidden = hidden(batch);
        var read = hidden.stopGradient();
        read.attach(space);
        var answer = leaf(plain.tokenLogProbabilities(read, batch), space);
        heads.add(new Head(batch, hidden, answer));
        return answer;
    }

    /** Carries the gradients of a loss that was differentiated on to the weights. */
    void back(GradientCollector collector) {
        heads.reversed().forEach(head -> back(collector, head));
        ways.reversed().forEach(way -> back(collector, way));
    }

    private void back(GradientCollector collector, Head head) {
        try (var inner = space.newSubManager()) {
            var gradient = gradient(head.answer, inner);
            var hidden = leaf(head.hidden, inner);
            int pieces = traced.pieces(head.batch);
            for (int piece = 0; piece < pieces; piece++) {
                try (var innermost = inner.newSubManager()) {
                    var pass = traced.in(innermost);
                    differentiate(
                            collector,
                            innermost,
                            pass.tokenLogProbabilities(hidden, head.batch, piece),
                            pass.piece(gradient, piece));
                }
            }
            differentiate(collector, inner, head.hidden, gradient(hidden, inner));
        }
    }

    private void back(GradientCollector collector, Way way) {
        var gradient = gradient(way.end, space);
        for (int layer = way.entries.size() - 1; layer >= 0; layer--) {
            try (var inner = space.newSubManager()) {
                var x = leaf(way.entries.get(layer), inner);
                differentiate(collector, inner, traced.in(inner).block(layer, x, way.batch), gradient);
                gradient.close();
                gradient = gradient(x, space);
            }
        }
        if (traced.movesEmbedding()) {
            try (var inner = space.newSubManager()) {
                differentiate(collector, inner, traced.in(inner).embedded(way.batch), gradient);
            }
        }
        gradient.close();
    }

    /** Differentiates ⟨value, gradient⟩. */
    private static void differentiate(GradientCollector collector, NDManager space, NDArray value, NDArray gradient) {
        collector.backward(Kernels.shared().call("dot", space, new NDList(value, gradient)));
    }

    private static NDArray leaf(NDArray array, NDManager owner) {
        var leaf = array.stopGradient();
        leaf.attach(owner);
        leaf.setRequiresGradient(true);
        return leaf;
    }

    private static NDArray gradient(NDArray leaf, NDManager owner) {
        var gradient = leaf.getGradient();
        gradient.attach(owner);
        return gradient;
    }
}
