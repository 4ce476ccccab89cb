package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
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
import org.jspecify.annotations.Nullable;

/** A causal language model under edit: the tensors of a decoder, on the device. Not for several threads at once. */
public final class LanguageModel implements AutoCloseable {

    private static final int EVALUATION_TOKENS = 4_096;
    private static final int PROMPTS_AT_ONCE = 32;

    private final Decoder decoder;
    private final Parameters parameters;
    private final boolean borrowed;
    private Precision precision = Precision.FP32;
    private @Nullable Adapters adapters;
    private @Nullable Recomputation recomputation;
    private @Nullable LowRankAdapter merged;

    private LanguageModel(Decoder decoder, Parameters parameters, boolean borrowed) {
        this.decoder = decoder;
        this.parameters = parameters;
        this.borrowed = borrowed;
    }

    /** Fresh weights; the same seed gives the same ones. */
    public static LanguageModel initialise(Decoder decoder, long seed) {
        var parameters = new Parameters();
        DecoderTensors.initial(decoder, seed, (name, tensor) -> sink(parameters.add(name, tensor.shape(), true)));
        return new LanguageModel(decoder, parameters, false);
    }

    private static Safetensors.Sink sink(NDArray storage) {
        return (from, numbers) -> Kernels.assign(storage, from, numbers);
    }

    /**
     * Reads a Hugging Face directory.
     *
     * @throws ModelRefused if its config names an unknown architecture, or if a tensor is missing, unknown, of another
     *     shape or not finite; it is named
     */
    public static LanguageModel open(HuggingFaceDirectory directory) {
        var decoder = DecoderConfig.read(directory.config());
        var stored = DecoderTensors.matched(decoder, directory);
        var parameters = new Parameters();
        try {
            DecoderTensors.of(decoder)
                    .forEach((name, tensor) -> directory.read(
                            Objects.requireNonNull(stored.get(name)),
                            sink(parameters.add(name, tensor.shape(), true))));
            return new LanguageModel(decoder, parameters, false);
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
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
        matched.values().forEach(stored -> directory.read(stored, (from, numbers) -> {}));
        return decoder;
    }

    /**
     * Writes a directory with random weights, the ones that {@link #initialise} starts with.
     *
     * @param target must not exist yet
     */
    public static HuggingFaceDirectory create(Path target, Decoder decoder, BytePairVocabulary vocabulary, long seed) {
        try (var model = initialise(decoder, seed)) {
            return HuggingFaceDirectory.create(
                    target, decoder.toConfigJson(), model.parameters.tensors(""), ElementType.F32, vocabulary);
        }
    }

    /**
     * The present weights of a tensor under its name in a directory; empty for what a decoder does not need. A copy of the
     * embedding under the name of a tied head is the present embedding, or the file would keep the one before.
     */
    public Optional<float[]> tensor(String stored) {
        return DecoderTensors.source(decoder, stored).map(this::present);
    }

    /** Numbers of one tensor with what an adapter adds to them. */
    private float[] present(String name) {
        var value = parameters.value(name);
        if (adapters == null) {
            return value.toFloatArray();
        }
        try (var scratch = parameters.manager().newSubManager()) {
            var copy = value.duplicate();
            copy.attach(scratch);
            adapters.merge(scratch, name, copy);
            return copy.toFloatArray();
        }
    }

    /** Another model with the same weights. */
    public LanguageModel copy() {
        return new LanguageModel(decoder, parameters.copy(true), false);
    }

    /** Another model with the same weights, which no gradient reaches: a reference. */
    public LanguageModel frozenCopy() {
        return new LanguageModel(decoder, parameters.copy(false), false);
    }

    /**
     * The model as it is before a descent under {@code recipe}, which no gradient reaches. It takes no memory where the
     * recipe trains adapters: the weights under them stay as they are until the descent ends, and it must be used no longer.
     */
    public LanguageModel reference(TextRecipe recipe) {
        return recipe.lowRank() == null ? frozenCopy() : new LanguageModel(decoder, parameters, true);
    }

    public Decoder decoder() {
        return decoder;
    }

    /** Copies of all tensors by name, row-major. */
    public Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        DecoderTensors.of(decoder).keySet().forEach(name -> weights.put(name, present(name)));
        return weights;
    }

    /** Overwrites all tensors with those that {@link #initialise} starts with. */
    public void restart(long seed) {
        DecoderTensors.initial(decoder, seed, (name, tensor) -> sink(parameters.value(name)));
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
        DecoderTensors.matched(decoder, directory)
                .forEach((name, stored) -> directory.read(stored, sink(parameters.value(name))));
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

    /**
     * Drops pairs of directions from the matrix W of a linear layer, out × in: W' = U_G ((U_Gᵀ W U_A) ⊙ M) U_Aᵀ.
     *
     * @param masks whose union M is; at least one
     * @throws Diverged naming the layer, if the result is not finite; it is what the model then holds
     */
    public void keep(EigenBasis basis, List<PairMask> masks) {
        LinearEdit.keep(
                parameters, DecoderLayers.named(decoder, List.of(basis.layer())).getFirst(), basis, masks);
    }

    /**
     * Replaces the matrix of a linear layer by the nearest one of a lower rank.
     *
     * @param share of the singular values that stay, the largest, rounded up; in (0, 1]
     * @throws ModelRefused if there is no such layer
     */
    public void truncate(String name, double share) {
        LinearEdit.truncate(
                parameters, DecoderLayers.named(decoder, List.of(name)).getFirst(), share);
    }

    /** Writes a safetensors file; the same weights give the same bytes. */
    public void save(Path safetensors) {
        Map<String, Safetensors.Numbers> tensors = parameters.tensors("");
        if (adapters != null) {
            tensors.replaceAll((name, base) -> new Safetensors.Tensor(base.shape(), present(name)));
        }
        Safetensors.write(safetensors, tensors, Map.of());
    }

    /** Overwrites all tensors with those of a file that {@link #save} wrote. */
    public void restore(Path safetensors) {
        parameters.restore("", SafetensorsFile.open(safetensors));
    }

    /**
     * Adds adapters to the weights.
     *
     * @throws IllegalArgumentException if they are for a model of another architecture
     */
    public void merge(LowRankAdapter adapter) {
        if (!adapter.decoder().equals(decoder)) {
            throw new IllegalArgumentException(
                    "the adapters must be for a " + decoder + " but are for a " + adapter.decoder());
        }
        try (var onDevice = new Adapters(decoder, adapter.settings(), adapter.tensors())) {
            onDevice.mergeInto(parameters);
        }
    }

    /** The adapters that a descent trained and added to the weights, the latest; empty where none did. */
    public Optional<LowRankAdapter> merged() {
        return Optional.ofNullable(merged);
    }

    /** Puts fresh adapters on the linear layers; until they are merged or dropped, no gradient reaches the weights. */
    Adapters adapt(LowRank settings, long seed) {
        if (adapters != null) {
            throw new IllegalStateException("the model has adapters already");
        }
        adapters = new Adapters(decoder, settings, Adapters.initial(decoder, settings, seed));
        return adapters;
    }

    /** Adds the adapters to the weights. */
    void mergeAdapters() {
        var present = Objects.requireNonNull(adapters);
        present.mergeInto(parameters);
        merged = new LowRankAdapter(
                decoder, present.settings(), present.parameters().copies());
    }

    /** Takes the adapters away. */
    void dropAdapters() {
        Objects.requireNonNull(adapters).close();
        adapters = null;
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
        return pass(batch.space()).sequenceSums(tokenLogProbabilities(batch), batch.tokens());
    }

    /** Log odds of every answer, see {@link LogOdds}; shape (n), with gradients. */
    public NDArray logOdds(SequenceBatch batch) {
        return LogOdds.of(logLikelihoods(batch).div(batch.answerLengths()), batch.space());
    }

    /** log p of every token to be predicted, in nats; shape (A), with gradients. */
    public NDArray tokenLogProbabilities(SequenceBatch batch) {
        if (recomputation != null) {
            return recomputation.tokenLogProbabilities(batch.tokens());
        }
        var pass = pass(batch.space());
        return pass.tokenLogProbabilities(pass.hidden(batch.tokens()), batch.tokens());
    }

    /** Logits where a token is to be predicted; shape (A, vocabulary), with gradients. */
    public NDArray logits(SequenceBatch batch) {
        var pass = pass(batch.space());
        var hidden = recomputation == null ? pass.hidden(batch.tokens()) : recomputation.hidden(batch.tokens());
        return pass.logits(hidden, batch.tokens().rows().toLongArray());
    }

    /** The residual stream after the first {@code blocks} blocks, where a token is to be predicted; shape (A, width). */
    public NDArray residual(SequenceBatch batch, int blocks) {
        var all = recomputation == null
                ? pass(batch.space()).residual(batch.tokens(), blocks)
                : recomputation.residual(batch.tokens(), blocks);
        return all.get(batch.tokens().rows());
    }

    /** The tokens to be predicted; int64, shape (A). */
    public NDArray targets(SequenceBatch batch) {
        return batch.tokens().targets();
    }

    private DecoderPass pass(NDManager space) {
        return new DecoderPass(decoder, forTraining(), space, precision);
    }

    private Map<String, NDArray> forTraining() {
        if (borrowed) {
            return parameters.fixed();
        }
        if (adapters == null) {
            return parameters.forTraining();
        }
        Map<String, NDArray> all = new LinkedHashMap<>(parameters.fixed());
        all.putAll(adapters.forTraining());
        return all;
    }

    /** Every tensor that a pass needs, without gradients. */
    private Map<String, NDArray> fixed() {
        if (borrowed || adapters == null) {
            return parameters.fixed();
        }
        Map<String, NDArray> all = new LinkedHashMap<>(parameters.fixed());
        all.putAll(adapters.fixed());
        return all;
    }

    /** Begins a part of a step, whose arrays live in {@code space}. */
    void begin(NDManager space, TextRecipe recipe) {
        precision = recipe.precision();
        recomputation = switch (recipe.activations()) {
            case KEPT -> null;
            case RECOMPUTED ->
                new Recomputation(
                        new DecoderPass(decoder, fixed(), space, precision),
                        new DecoderPass(decoder, forTraining(), space, precision),
                        space);
        };
    }

    /** Begins a part in fp32 with everything kept between forwards and back. */
    void beginPlain() {
        precision = Precision.FP32;
        recomputation = null;
    }

    /** Carries the gradients of the part's loss on to the weights. */
    void back(GradientCollector collector) {
        if (recomputation != null) {
            recomputation.back(collector);
        }
    }

    /** Ends the parts. */
    void end() {
        recomputation = null;
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
        var scores = new TokenScores[sequences.size()];
        inBatches(sequences, rows -> score(sequences, rows, scores));
        return List.of(scores);
    }

    /**
     * The likeliest tokens where one is to be predicted, the likeliest first.
     *
     * @param count how many of each place
     * @return by sequence, place after place, {@code count} tokens each
     * @throws ModelRefused as {@link #score} does
     */
    public List<int[]> likeliest(Sequences sequences, int count) {
        var all = new int[sequences.size()][];
        inBatches(sequences, rows -> likeliest(sequences, rows, count, all));
        return List.of(all);
    }

    /**
     * Log odds of every answer, see {@link LogOdds}, a row of one number for each.
     *
     * @throws ModelRefused as {@link #score} does
     */
    public float[][] logOdds(Sequences sequences) {
        return score(sequences).stream()
                .map(score -> new float[] {(float) score.logOdds()})
                .toArray(float[][]::new);
    }

    private interface Rows {
        void of(int[] rows);
    }

    /** Sequences of like length together, each batch of some thousand tokens. */
    private void inBatches(Sequences sequences, Rows work) {
        sequences.checkFit(decoder.positions(), decoder.vocabulary());
        var byLength = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt(row -> sequences.get(row).tokens().length))
                .mapToInt(row -> row)
                .toArray();
        for (int from = 0; from < byLength.length; ) {
            int to = from;
            long tokens = 0;
            while (to < byLength.length && (to == from || tokens < EVALUATION_TOKENS)) {
                tokens += sequences.get(byLength[to++]).tokens().length;
            }
            work.of(Arrays.copyOfRange(byLength, from, to));
            from = to;
        }
    }

    private void likeliest(Sequences sequences, int[] rows, int count, int[][] all) {
        try (var space = parameters.manager().newSubManager()) {
            var batch = new SequenceBatch(space, decoder, sequences, rows, rows.length, 1, new HashMap<>());
            var pass = new DecoderPass(decoder, fixed(), space, Precision.FP32);
            var hidden = pass.hidden(batch.tokens());
            var found = new int[Math.toIntExact(batch.tokens().targets().size()) * count];
            int from = 0;
            for (int piece = 0; piece < pass.pieces(batch.tokens()); piece++) {
                try (var inner = space.newSubManager()) {
                    var here = pass.in(inner);
                    var logits = here.logits(
                            hidden, here.piece(batch.tokens().rows(), piece).toLongArray());
                    var best = logits.topK(count, 1).get(1);
                    for (long token : best.toLongArray()) {
                        found[from++] = (int) token;
                    }
                }
            }
            from = 0;
            for (int row : rows) {
                int to = from + sequences.get(row).answerLength() * count;
                all[row] = Arrays.copyOfRange(found, from, to);
                from = to;
            }
        }
    }

    private void score(Sequences sequences, int[] rows, TokenScores[] scores) {
        try (var space = parameters.manager().newSubManager()) {
            var batch = new SequenceBatch(space, decoder, sequences, rows, rows.length, 1, new HashMap<>());
            var pass = new DecoderPass(decoder, fixed(), space, Precision.FP32);
            var hidden = pass.hidden(batch.tokens());
            int length = Math.toIntExact(batch.tokens().targets().size());
            var all = new TokenScores(new double[length], new boolean[length], new double[length], new double[length]);
            int from = 0;
            for (int piece = 0; piece < pass.pieces(batch.tokens()); piece++) {
                try (var inner = space.newSubManager()) {
                    from += score(pass.in(inner), hidden, batch.tokens(), piece, all, from);
                }
            }
            from = 0;
            for (int row : rows) {
                int to = from + sequences.get(row).answerLength();
                scores[row] = new TokenScores(
                        Arrays.copyOfRange(all.logProbabilities(), from, to),
                        Arrays.copyOfRange(all.right(), from, to),
                        Arrays.copyOfRange(all.means(), from, to),
                        Arrays.copyOfRange(all.deviations(), from, to));
                from = to;
            }
        }
    }

    /** Writes the scores of one piece of the targets, from place {@code from} on; returns how many they are. */
    private static int score(DecoderPass pass, NDArray hidden, TokenBatch batch, int piece, TokenScores all, int from) {
        var logits = pass.logits(hidden, pass.piece(batch.rows(), piece).toLongArray());
        var logs = logits.logSoftmax(1);
        var shares = logs.exp();
        var means = shares.mul(logs).sum(new int[] {1}).toFloatArray();
        var squares = shares.mul(logs.square()).sum(new int[] {1}).toFloatArray();
        var ofPiece = pass.piece(batch.targets(), piece);
        var ofTargets = logs.gather(ofPiece.expandDims(1), 1).toFloatArray();
        var best = logits.argMax(1).toLongArray();
        var targets = ofPiece.toLongArray();
        for (int i = 0; i < targets.length; i++) {
            int at = from + i;
            all.logProbabilities()[at] = ofTargets[i];
            all.right()[at] = best[i] == targets[i];
            all.means()[at] = means[i];
            all.deviations()[at] = Math.sqrt(Math.max(0, squares[i] - (double) means[i] * means[i]));
        }
        return targets.length;
    }

    /** What follows each prompt, without the prompt and the token that stopped it. */
    public List<int[]> generate(List<int[]> prompts, Sampling sampling) {
        var all = new ArrayList<int[]>();
        try (var space = parameters.manager().newSubManager()) {
            var generator = new Generator(decoder, fixed(), space, Precision.FP32);
            for (int from = 0; from < prompts.size(); from += PROMPTS_AT_ONCE) {
                all.addAll(generator.generate(
                        prompts.subList(from, Math.min(prompts.size(), from + PROMPTS_AT_ONCE)), sampling));
            }
        }
        return all;
    }

    @Override
    public void close() {
        if (!borrowed) {
            parameters.close();
        }
    }
}
