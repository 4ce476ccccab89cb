package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.expunge.engine.Decoder.Family;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Flows of tokens through named tensors of a decoder, on packed rows; differentiable in every tensor. */
final class DecoderPass {

    /** Mixes the rows of each sequence in one block. */
    interface Attention {

        /**
         * Weighted sums of values, shape (T, heads · headSize).
         *
         * @param space owns the result
         * @param mixed queries, keys and values, shape (T, (heads + 2 keyValueHeads) · headSize)
         */
        NDArray attend(NDManager space, int layer, NDArray mixed);
    }

    private record Angles(NDArray cosines, NDArray sines) {}

    /** The most logits that are in memory at a time, where a part of them is enough. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private final Kernels kernels = Kernels.shared();
    private final Decoder decoder;
    private final DecoderNames names;
    private final Map<String, NDArray> weights;
    private final NDManager scratch;
    private final NDArray type;
    private final NDArray epsilon;
    private final NDArray heads;
    private final NDArray pairs;
    private final NDArray headSize;
    private final Tap tap;

    /** As below, with nothing to see what passes. */
    DecoderPass(Decoder decoder, Map<String, NDArray> weights, NDManager scratch, Precision precision) {
        this(decoder, weights, scratch, precision, Tap.NONE);
    }

    /**
     * @param weights all tensors of {@code decoder} by name, and those of low-rank adapters where there are some, fp32
     * @param scratch owns every result
     */
    DecoderPass(Decoder decoder, Map<String, NDArray> weights, NDManager scratch, Precision precision, Tap tap) {
        this.decoder = decoder;
        this.tap = tap;
        this.names = DecoderNames.of(decoder.family());
        this.weights = weights;
        this.scratch = scratch;
        this.type = scratch.create(precision.code());
        this.epsilon = scratch.create(decoder.epsilon());
        this.heads = scratch.create(decoder.heads());
        this.pairs = scratch.create(decoder.keyValueHeads());
        this.headSize = scratch.create(decoder.headSize());
    }

    private DecoderPass(DecoderPass other, NDManager scratch) {
        this.decoder = other.decoder;
        this.names = other.names;
        this.weights = other.weights;
        this.scratch = scratch;
        this.type = other.type;
        this.epsilon = other.epsilon;
        this.heads = other.heads;
        this.pairs = other.pairs;
        this.headSize = other.headSize;
        this.tap = other.tap;
    }

    /** The same, with results that belong to {@code space}, which must not outlive this pass. */
    DecoderPass in(NDManager space) {
        return new DecoderPass(this, space);
    }

    int layers() {
        return decoder.layers();
    }

    /** What the head reads: the residual stream after all blocks and the last norm, shape (T, width). */
    NDArray hidden(TokenBatch batch) {
        return normalised(residual(batch, decoder.layers()));
    }

    /** The residual stream after the first {@code blocks} blocks, before any last norm, shape (T, width). */
    NDArray residual(TokenBatch batch, int blocks) {
        return residual(batch.tokens(), batch.positions(), blocks, packed(batch));
    }

    /** Attention within each sequence of {@code batch}: every row sees itself and those before it. */
    Attention packed(TokenBatch batch) {
        var sequences = scratch.create(batch.sequences());
        return (space, layer, mixed) ->
                kernels.call("attend", space, new NDList(mixed, batch.there(), batch.back(), sequences, heads, pairs));
    }

    /** The last norm, which {@link #hidden} ends with. */
    NDArray normalised(NDArray residual) {
        return norm(names.finalNorm(), residual);
    }

    NDArray residual(NDArray tokens, long[] positions, int blocks, Attention attention) {
        var x = embedded(tokens, positions);
        var angles = angles(positions);
        for (int layer = 0; layer < blocks; layer++) {
            var y = block(layer, x, angles, attention);
            x.close();
            x = y;
        }
        return x;
    }

    /** Whether gradients flow to the embeddings. */
    boolean movesEmbedding() {
        return weight(names.embedding()).hasGradient();
    }

    /** What enters the first block, shape (T, width). */
    NDArray embedded(TokenBatch batch) {
        return embedded(batch.tokens(), batch.positions());
    }

    private NDArray embedded(NDArray tokens, long[] positions) {
        var ofTokens = call("embedding", weight(names.embedding()), tokens);
        return decoder.rotary() == null
                ? ofTokens.add(call("embedding", weight(names.positions()), scratch.create(positions)))
                : ofTokens;
    }

    /** What leaves a block that {@code x} enters, shape (T, width). */
    NDArray block(int layer, NDArray x, TokenBatch batch) {
        return block(layer, x, angles(batch.positions()), packed(batch));
    }

    /** What is made on the way is let go, unless gradients need it. */
    private NDArray block(int layer, NDArray x, Angles angles, Attention attention) {
        try (var inner = scratch.newSubManager()) {
            var y = in(inner).through(layer, x, angles, attention);
            y.attach(scratch);
            return y;
        }
    }

    /** Numbers for every token of the vocabulary, fp32, shape (rows, vocabulary), at {@code rows} of {@code hidden}. */
    NDArray logits(NDArray hidden, long[] rows) {
        return call("logits", hidden, head(), scratch.create(rows), type);
    }

    /** log p(target | tokens before it) of every target, shape (A); {@code hidden} as {@link #hidden} gives it. */
    NDArray tokenLogProbabilities(NDArray hidden, TokenBatch batch) {
        int pieces = pieces(batch);
        if (pieces == 1) {
            return call("log_likelihood", hidden, head(), batch.rows(), type, batch.targets());
        }
        var arguments = new NDList();
        Kernels.addList(
                arguments,
                "x",
                IntStream.range(0, pieces)
                        .mapToObj(piece -> tokenLogProbabilities(hidden, batch, piece))
                        .toList());
        return kernels.call("concat", scratch, arguments);
    }

    /** The same of one piece of the targets. */
    NDArray tokenLogProbabilities(NDArray hidden, TokenBatch batch, int piece) {
        return call("log_likelihood", hidden, head(), piece(batch.rows(), piece), type, piece(batch.targets(), piece));
    }

    /** Into how many pieces the targets fall whose logits may be in memory together. */
    int pieces(TokenBatch batch) {
        return Math.max(1, Math.ceilDiv(Math.toIntExact(batch.targets().size()), atOnce()));
    }

    /** The entries of {@code ofTargets}, one for each target, that are of one piece. */
    NDArray piece(NDArray ofTargets, int piece) {
        long from = (long) piece * atOnce();
        long count = Math.min(atOnce(), ofTargets.size() - from);
        return call("part", ofTargets, scratch.create(from), scratch.create(count));
    }

    private int atOnce() {
        return Math.max(1, LOGITS_AT_ONCE / decoder.vocabulary());
    }

    /** Sums of a number for each target over each sequence, shape (n). */
    NDArray sequenceSums(NDArray ofTargets, TokenBatch batch) {
        return call("sums", ofTargets, batch.owners(), scratch.create(batch.sequences()));
    }

    private NDArray through(int layer, NDArray x, Angles angles, Attention attention) {
        var attentionNorm = names.block(layer, names.attentionNorm());
        var mlpNorm = names.block(layer, names.mlpNorm());
        if (decoder.family() == Family.OLMO2) {
            var y = norm(attentionNorm, attention(layer, x, angles, attention)).add(x);
            return norm(mlpNorm, mlp(layer, y)).add(y);
        }
        // a sum belongs to the space of its first term
        var y = attention(layer, norm(attentionNorm, x), angles, attention).add(x);
        return mlp(layer, norm(mlpNorm, decoder.parallelResidual() ? x : y)).add(y);
    }

    private NDArray attention(int layer, NDArray x, Angles angles, Attention attention) {
        var mixed = attention.attend(scratch, layer, mixed(layer, x, angles));
        return linear(names.block(layer, names.attentionOut()), mixed);
    }

    private NDArray mixed(int layer, NDArray x, Angles angles) {
        var projections = names.projections();
        var first = linear(names.block(layer, projections.getFirst()), x);
        if (projections.size() == 1) {
            return decoder.rotary() == null
                    ? first
                    : call("rotate_fused", first, angles.cosines, angles.sines, headSize);
        }
        var query = first;
        var key = linear(names.block(layer, projections.get(1)), x);
        var value = linear(names.block(layer, projections.get(2)), x);
        if (decoder.family() == Family.OLMO2) {
            query = norm(names.block(layer, names.queryNorm()), query);
            key = norm(names.block(layer, names.keyNorm()), key);
        }
        return call("rotate", query, key, value, angles.cosines, angles.sines, headSize);
    }

    private NDArray mlp(int layer, NDArray x) {
        var in = linear(names.block(layer, names.mlpIn().getFirst()), x);
        var inner = switch (decoder.activation()) {
            case GELU -> call("gelu", in);
            case GELU_TANH -> call("gelu_tanh", in);
            case SILU ->
                call("silu", in, linear(names.block(layer, names.mlpIn().get(1)), x));
        };
        return linear(names.block(layer, names.mlpOut()), inner);
    }

    private Angles angles(long[] positions) {
        var rotary = decoder.rotary();
        if (rotary == null) {
            return new Angles(epsilon, epsilon);
        }
        var tables = rotary.angles(positions);
        var shape = new Shape(positions.length, 1, rotary.size() / 2);
        return new Angles(scratch.create(tables[0], shape), scratch.create(tables[1], shape));
    }

    private NDArray norm(String name, NDArray x) {
        var bias = weights.get(name + ".bias");
        return bias == null
                ? call("rms_norm", x, epsilon, weight(name))
                : call("layer_norm", x, epsilon, weight(name), bias);
    }

    private NDArray linear(String name, NDArray x) {
        var kernel = decoder.family() == Family.GPT2 ? "linear_transposed" : "linear";
        var arguments = new NDList(x, weight(name), type);
        var down = weights.get(name + Adapters.DOWN);
        var up = weights.get(name + Adapters.UP);
        var scale = weights.get(Adapters.SCALE);
        if (down != null && up != null && scale != null) {
            kernel += "_adapted";
            arguments.addAll(List.of(down, up, scale));
        }
        var bias = weights.get(name + ".bias");
        if (bias != null) {
            arguments.add(bias);
        }
        return tap.passed(name, x, kernels.call(kernel, scratch, arguments));
    }

    private NDArray head() {
        return weight(decoder.tiedHead() ? names.embedding() : names.head());
    }

    private NDArray weight(String name) {
        var tensor = weights.get(name + ".weight");
        if (tensor == null) {
            throw new IllegalStateException("no tensor " + name + ".weight");
        }
        return tensor;
    }

    private NDArray call(String method, NDArray... arguments) {
        return kernels.call(method, scratch, new NDList(arguments));
    }
}
