package io.expunge.engine;

import io.expunge.engine.Decoder.Family;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Names, shapes and starting values of a decoder's tensors, in the order in which they are declared. */
final class DecoderTensors {

    /** What a tensor does. */
    enum Role {
        /** One row for each token or position. */
        EMBEDDING,
        /** Matrix of a linear layer in a block, stored as (out, in). */
        LINEAR,
        /** The same, stored as (in, out). */
        TRANSPOSED_LINEAR,
        /** The last linear layer, (vocabulary, width), where it is not the embedding. */
        HEAD,
        SCALE,
        BIAS;

        /** Whether it is a linear layer of a block: what low-rank adapters and quantisation apply to. */
        boolean isLinear() {
            return this == LINEAR || this == TRANSPOSED_LINEAR;
        }
    }

    /** @param deviation of the normal distribution that starting values are drawn from; 0 where they are constant */
    record Tensor(long[] shape, Role role, double deviation) {

        int size() {
            try {
                return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
            } catch (ArithmeticException e) {
                throw new ModelRefused("a tensor of shape " + Arrays.toString(shape) + " is too large");
            }
        }
    }

    /** Buffers that older files hold beside the weights: causal masks and rotary frequencies. */
    private static final Pattern BUFFER = Pattern.compile(
            ".*\\.(attn\\.bias|attn\\.masked_bias|attention\\.bias|attention\\.masked_bias|rotary_emb\\.inv_freq)");

    private static final double DEVIATION = 0.02;

    /** Numbers that are drawn before they are handed on. */
    private static final int AT_ONCE = 1 << 18;

    private final Decoder decoder;
    private final DecoderNames names;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private DecoderTensors(Decoder decoder) {
        this.decoder = decoder;
        this.names = DecoderNames.of(decoder.family());
        add(names.embedding() + ".weight", Role.EMBEDDING, DEVIATION, decoder.vocabulary(), decoder.width());
        if (decoder.rotary() == null) {
            add(names.positions() + ".weight", Role.EMBEDDING, DEVIATION, decoder.positions(), decoder.width());
        }
        for (int layer = 0; layer < decoder.layers(); layer++) {
            attention(layer);
            mlp(layer);
        }
        norm(names.finalNorm(), decoder.width());
        if (!decoder.tiedHead()) {
            add(names.head() + ".weight", Role.HEAD, DEVIATION, decoder.vocabulary(), decoder.width());
        }
    }

    static Map<String, Tensor> of(Decoder decoder) {
        return new DecoderTensors(decoder).tensors;
    }

    private void attention(int layer) {
        int queries = decoder.heads() * decoder.headSize();
        int keys = decoder.keyValueHeads() * decoder.headSize();
        norm(names.block(layer, names.attentionNorm()), decoder.width());
        boolean bias = decoder.attentionBias();
        if (names.projections().size() == 1) {
            linear(names.block(layer, names.projections().getFirst()), decoder.width(), queries + 2 * keys, 1, bias);
        } else {
            linear(names.block(layer, names.projections().get(0)), decoder.width(), queries, 1, bias);
            linear(names.block(layer, names.projections().get(1)), decoder.width(), keys, 1, bias);
            linear(names.block(layer, names.projections().get(2)), decoder.width(), keys, 1, bias);
        }
        if (decoder.family() == Family.OLMO2) {
            norm(names.block(layer, names.queryNorm()), queries);
            norm(names.block(layer, names.keyNorm()), keys);
        }
        linear(
                names.block(layer, names.attentionOut()),
                queries,
                decoder.width(),
                residualShare(),
                bias && decoder.family() != Family.QWEN2);
    }

    private void mlp(int layer) {
        norm(names.block(layer, names.mlpNorm()), decoder.width());
        for (var name : names.mlpIn()) {
            linear(names.block(layer, name), decoder.width(), decoder.inner(), 1, decoder.mlpBias());
        }
        linear(
                names.block(layer, names.mlpOut()),
                decoder.inner(),
                decoder.width(),
                residualShare(),
                decoder.mlpBias());
    }

    /** GPT-2 keeps the variance of the residual stream from growing with its 2 · layers terms. */
    private double residualShare() {
        return decoder.family() == Family.GPT2 ? 1 / Math.sqrt(2.0 * decoder.layers()) : 1;
    }

    private void linear(String name, int in, int out, double share, boolean bias) {
        if (decoder.family() == Family.GPT2) {
            add(name + ".weight", Role.TRANSPOSED_LINEAR, DEVIATION * share, in, out);
        } else {
            add(name + ".weight", Role.LINEAR, DEVIATION * share, out, in);
        }
        if (bias) {
            add(name + ".bias", Role.BIAS, 0, out);
        }
    }

    private void norm(String name, int width) {
        add(name + ".weight", Role.SCALE, 0, width);
        if (decoder.family() == Family.GPT2 || decoder.family() == Family.GPT_NEOX) {
            add(name + ".bias", Role.BIAS, 0, width);
        }
    }

    private void add(String name, Role role, double deviation, long... shape) {
        tensors.put(name, new Tensor(shape, role, deviation));
    }

    /** Starting values: N(0, 0.02²), less for what GPT-2 adds to the residual stream; scales 1, biases 0. */
    static Map<String, float[]> initial(Decoder decoder, long seed) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        initial(decoder, seed, (name, tensor) -> {
            var values = new float[tensor.size()];
            weights.put(name, values);
            return (from, numbers) -> System.arraycopy(numbers, 0, values, from, numbers.length);
        });
        return weights;
    }

    /** Hands starting values on, some at a time, to what {@code sinks} gives for each tensor. */
    static void initial(Decoder decoder, long seed, BiFunction<String, Tensor, Safetensors.Sink> sinks) {
        int index = 0;
        for (var entry : of(decoder).entrySet()) {
            var tensor = entry.getValue();
            var sink = sinks.apply(entry.getKey(), tensor);
            var random = new Random(Seeds.derive(seed, index++));
            for (int from = 0; from < tensor.size(); from += AT_ONCE) {
                var values = new float[Math.min(AT_ONCE, tensor.size() - from)];
                if (tensor.role() == Role.SCALE) {
                    Arrays.fill(values, 1);
                } else if (tensor.deviation() > 0) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) (tensor.deviation() * random.nextGaussian());
                    }
                }
                sink.take(from, values);
            }
        }
    }

    /**
     * Which stored tensor holds which declared one.
     *
     * @return names in the directory by declared name, in the directory's order
     * @throws ModelRefused naming the tensor that is missing, unknown, of another shape or there twice
     */
    static Map<String, String> matched(Decoder decoder, HuggingFaceDirectory directory) {
        var declared = of(decoder);
        Map<String, String> matched = new LinkedHashMap<>();
        for (var stored : directory.names()) {
            var name = canonical(decoder, stored).orElse(null);
            if (name == null) {
                continue;
            }
            var expected = declared.get(name);
            if (expected == null) {
                throw new ModelRefused("tensor " + stored + " is not part of a "
                        + decoder.family().modelType());
            }
            if (!Arrays.equals(expected.shape(), directory.shape(stored))) {
                throw new ModelRefused("tensor " + stored + " must have the shape " + Arrays.toString(expected.shape())
                        + " but has " + Arrays.toString(directory.shape(stored)));
            }
            if (matched.put(name, stored) != null) {
                throw new ModelRefused("tensor " + stored + " stands twice under different names");
            }
        }
        for (var name : declared.keySet()) {
            if (!matched.containsKey(name)) {
                throw new ModelRefused("tensor " + name + " is missing");
            }
        }
        return matched;
    }

    /** The declared tensor whose values a stored one of this name has; empty for buffers. */
    static Optional<String> source(Decoder decoder, String stored) {
        var names = DecoderNames.of(decoder.family());
        return decoder.tiedHead() && stored.equals(names.head() + ".weight")
                ? Optional.of(names.embedding() + ".weight")
                : canonical(decoder, stored);
    }

    /**
     * The declared name of a tensor that a file calls {@code name}: GPT-2's stand in some files without their prefix.
     * Empty for what a decoder does not need: buffers, and a copy of the embedding under the name of a tied head.
     */
    static Optional<String> canonical(Decoder decoder, String name) {
        var names = DecoderNames.of(decoder.family());
        boolean tiedCopy = decoder.tiedHead() && name.equals(names.head() + ".weight");
        if (tiedCopy || BUFFER.matcher(name).matches()) {
            return Optional.empty();
        }
        boolean bare = decoder.family() == Family.GPT2
                && !name.startsWith("transformer.")
                && !name.startsWith(names.head() + ".");
        return Optional.of(bare ? "transformer." + name : name);
    }
}
