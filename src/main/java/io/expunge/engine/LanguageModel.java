package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** A causal language model under edit: the tensors of a decoder, on the device. Not for several threads at once. */
public final class LanguageModel implements AutoCloseable {

    private static final int EVALUATION_TOKENS = 4_096;
    private static final int PROMPTS_AT_ONCE = 32;

    private final Decoder decoder;
    private final Parameters parameters = new Parameters();
    private Precision precision = Precision.FP32;

    private LanguageModel(Decoder decoder, Map<String, float[]> weights, boolean trained) {
        this.decoder = decoder;
        DecoderTensors.of(decoder)
                .forEach((name, tensor) ->
                        parameters.add(name, Objects.requireNonNull(weights.get(name)), tensor.shape(), trained));
    }

    /** Fresh weights; the same seed gives the same ones. */
    public static LanguageModel initialise(Decoder decoder, long seed) {
        return new LanguageModel(decoder, initial(decoder, seed), true);
    }

    /** The weights that {@link #initialise} starts with. */
    public static Map<String, float[]> initial(Decoder decoder, long seed) {
        return DecoderTensors.initial(decoder, seed);
    }

    /**
     * Reads a Hugging Face directory.
     *
     * @throws ModelRefused if its config names an unknown architecture, or if a tensor is missing, unknown, of another
     *     shape or not finite; it is named
     */
    public static LanguageModel open(HuggingFaceDirectory directory) {
        var decoder = DecoderConfig.read(directory.config());
        return new LanguageModel(decoder, read(decoder, directory), true);
    }

    private static Map<String, float[]> read(Decoder decoder, HuggingFaceDirectory directory) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        DecoderTensors.matched(decoder, directory).forEach((name, stored) -> weights.put(name, directory.read(stored)));
        return weights;
    }

    /**
     * Checks all that {@link #open} and the tokenizer check, one tensor at a time, so a model of any size.
     *
     * @return what the directory holds
     * @throws ModelRefused naming the file or the tensor
     */
    public static Decoder check(HuggingFaceDirectory directory) {
        var decoder = DecoderConfig.read(directory.config());
        var matched = DecoderTensors.matched(decoder, directory);
        directory.tokenizer(decoder.vocabulary()).close();
        matched.values().forEach(directory::read);
        return decoder;
    }

    /**
     * Writes a directory with random weights, the ones that {@link #initialise} starts with.
     *
     * @param target must not exist yet
     */
    public static HuggingFaceDirectory create(Path target, Decoder decoder, BytePairVocabulary vocabulary, long seed) {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        var initial = initial(decoder, seed);
        DecoderTensors.of(decoder)
                .forEach((name, tensor) -> tensors.put(
                        name, new Safetensors.Tensor(tensor.shape(), Objects.requireNonNull(initial.get(name)))));
        return HuggingFaceDirectory.create(target, decoder.toConfigJson(), tensors, ElementType.F32, vocabulary);
    }

    /**
     * The present weights of a tensor under its name in a directory; empty for what a decoder does not need. A copy of the
     * embedding under the name of a tied head is the present embedding, or the file would keep the one before.
     */
    public Optional<float[]> tensor(String stored) {
        return DecoderTensors.source(decoder, stored)
                .map(name -> parameters.value(name).toFloatArray());
    }

    /** Another model with the same weights. */
    public LanguageModel copy() {
        return new LanguageModel(decoder, weights(), true);
    }

    /** Another model with the same weights, which no gradient reaches: a reference. */
    public LanguageModel frozenCopy() {
        return new LanguageModel(decoder, weights(), false);
    }

    public Decoder decoder() {
        return decoder;
    }

    /** Copies of all tensors by name, row-major. */
    public Map<String, float[]> weights() {
        return parameters.copies();
    }

    /** Overwrites all tensors. */
    public void restore(Map<String, float[]> weights) {
        parameters.restore(weights);
    }

    /**
     * Overwrites all tensors with those of a directory.
     *
     * @throws ModelRefused as {@link #open} does
     */
    public void restore(HuggingFaceDirectory directory) {
        restore(read(decoder, directory));
    }

    /** Changes the numbers of one matrix. */
    @FunctionalInterface
    public interface MatrixChange {
        /**
         * Gives new numbers.
         *
         * @param rows one row after the other, each the weights of one output
         * @param columns numbers in a row
         */
        float[] changed(float[] rows, int columns);
    }

    /** All tensors by name, with the matrices of the blocks' linear layers changed; the model itself stays as it is. */
    public Map<String, float[]> withLinear(MatrixChange change) {
        var all = weights();
        DecoderTensors.of(decoder).forEach((name, tensor) -> {
            if (tensor.role().isLinear()) {
                var numbers = Objects.requireNonNull(all.get(name));
                int rows = (int) tensor.shape()[0];
                int columns = (int) tensor.shape()[1];
                all.put(
                        name,
                        tensor.role() == DecoderTensors.Role.LINEAR
                                ? change.changed(numbers, columns)
                                : transposed(change.changed(transposed(numbers, rows, columns), rows), columns, rows));
            }
        });
        return all;
    }

    private static float[] transposed(float[] matrix, int rows, int columns) {
        var turned = new float[matrix.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                turned[j * rows + i] = matrix[i * columns + j];
            }
        }
        return turned;
    }

    /** Writes a safetensors file; the same weights give the same bytes. */
    public void save(Path safetensors) {
        Safetensors.write(safetensors, parameters.tensors(""), Map.of());
    }

    /** Overwrites all tensors with those of a file that {@link #save} wrote. */
    public void restore(Path safetensors) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        Safetensors.read(safetensors).tensors().forEach((name, tensor) -> weights.put(name, tensor.values()));
        restore(weights);
    }

    /** How many numbers can be moved. */
    public long size() {
        return DecoderTensors.of(decoder).values().stream()
                .mapToLong(DecoderTensors.Tensor::size)
                .sum();
    }

    /** Mean cross-entropy over the step's tokens to be predicted; a scalar with gradients. */
    public NDArray crossEntropy(SequenceBatch batch) {
        return Numbers.over(tokenLogProbabilities(batch).sum().neg(), batch.targetsOfStep());
    }

    /** log p(answer | prompt) of every sequence, in nats; shape (n), with gradients. */
    public NDArray logLikelihoods(SequenceBatch batch) {
        var pass = pass(batch.space());
        return pass.sequenceSums(
                pass.tokenLogProbabilities(pass.hidden(batch.tokens()), batch.tokens()), batch.tokens());
    }

    /** log p of every token to be predicted, in nats; shape (A), with gradients. */
    public NDArray tokenLogProbabilities(SequenceBatch batch) {
        var pass = pass(batch.space());
        return pass.tokenLogProbabilities(pass.hidden(batch.tokens()), batch.tokens());
    }

    /** Logits where a token is to be predicted; shape (A, vocabulary), with gradients. */
    public NDArray logits(SequenceBatch batch) {
        var pass = pass(batch.space());
        return pass.logits(pass.hidden(batch.tokens()), batch.tokens().rows().toLongArray());
    }

    /** The residual stream after the first {@code blocks} blocks, where a token is to be predicted; shape (A, width). */
    public NDArray residual(SequenceBatch batch, int blocks) {
        var all = pass(batch.space()).residual(batch.tokens(), blocks);
        return all.get(batch.tokens().rows());
    }

    /** The tokens to be predicted; int64, shape (A). */
    public NDArray targets(SequenceBatch batch) {
        return batch.tokens().targets();
    }

    private DecoderPass pass(NDManager space) {
        return new DecoderPass(decoder, parameters.forTraining(), space, precision);
    }

    /** Sets what matrix products of steps are computed in. */
    void compute(Precision wanted) {
        precision = wanted;
    }

    Parameters parameters() {
        return parameters;
    }

    /**
     * What the model makes of every sequence, in fp32.
     *
     * @throws ModelRefused if a sequence is longer than the context or holds an unknown token
     */
    public List<TokenScores> score(Sequences sequences) {
        sequences.checkFit(decoder.positions(), decoder.vocabulary());
        var byLength = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt(row -> sequences.get(row).tokens().length))
                .mapToInt(row -> row)
                .toArray();
        var scores = new TokenScores[sequences.size()];
        for (int from = 0; from < byLength.length; ) {
            int to = from;
            long tokens = 0;
            while (to < byLength.length && (to == from || tokens < EVALUATION_TOKENS)) {
                tokens += sequences.get(byLength[to++]).tokens().length;
            }
            score(sequences, Arrays.copyOfRange(byLength, from, to), scores);
            from = to;
        }
        return List.of(scores);
    }

    private void score(Sequences sequences, int[] rows, TokenScores[] scores) {
        try (var space = parameters.manager().newSubManager()) {
            var batch = new SequenceBatch(space, decoder, sequences, rows, rows.length, 1, new HashMap<>());
            var pass = new DecoderPass(decoder, parameters.forEvaluation(space), space, Precision.FP32);
            var logits = pass.logits(
                    pass.hidden(batch.tokens()), batch.tokens().rows().toLongArray());
            var logs = logits.logSoftmax(1);
            var shares = logs.exp();
            var means = shares.mul(logs).sum(new int[] {1});
            var squares = shares.mul(logs.square()).sum(new int[] {1});
            var ofTargets =
                    logs.gather(batch.tokens().targets().expandDims(1), 1).toFloatArray();
            var best = logits.argMax(1).toLongArray();
            var targets = batch.tokens().targets().toLongArray();
            var mean = means.toFloatArray();
            var square = squares.toFloatArray();
            int at = 0;
            for (int row : rows) {
                int length = sequences.get(row).answerLength();
                scores[row] = scores(at, length, ofTargets, best, targets, mean, square);
                at += length;
            }
        }
    }

    private static TokenScores scores(
            int from, int length, float[] logs, long[] best, long[] targets, float[] means, float[] squares) {
        var all = new TokenScores(new double[length], new boolean[length], new double[length], new double[length]);
        for (int i = 0; i < length; i++) {
            int at = from + i;
            all.logProbabilities()[i] = logs[at];
            all.right()[i] = best[at] == targets[at];
            all.means()[i] = means[at];
            all.deviations()[i] = Math.sqrt(Math.max(0, squares[at] - (double) means[at] * means[at]));
        }
        return all;
    }

    /** What follows each prompt, without the prompt and the token that stopped it. */
    public List<int[]> generate(List<int[]> prompts, Sampling sampling) {
        var all = new ArrayList<int[]>();
        try (var space = parameters.manager().newSubManager()) {
            var generator = new Generator(decoder, parameters.forEvaluation(space), space, Precision.FP32);
            for (int from = 0; from < prompts.size(); from += PROMPTS_AT_ONCE) {
                all.addAll(generator.generate(
                        prompts.subList(from, Math.min(prompts.size(), from + PROMPTS_AT_ONCE)), sampling));
            }
        }
        return all;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
