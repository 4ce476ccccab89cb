package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.MomentStream;
import io.expunge.engine.MomentStream.Labels;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import io.expunge.influence.CurvatureStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CurvatureEditTest {

    private static final Decoder GPT2 = Decoder.gpt2(11, 2, 8, 2, 16);
    private static final Decoder LLAMA = Decoder.llama(11, 2, 8, 2, 1, 12, 16);
    private static final String IN = "transformer.h.1.mlp.c_fc";
    private static final String UP = "model.layers.0.mlp.up_proj";
    private static final CurvatureSample SAMPLE = new CurvatureSample(null, 100_000, Labels.SAMPLED, 512, 3);
    private static final Sequences RETAIN = texts(60, 1);
    private static final Sequences FORGET = texts(8, 2);
    private static final UUID OTHER = new UUID(0, 1);

    static Stream<Decoder> decoders() {
        return Stream.of(GPT2, LLAMA);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void aShareOfOneLeavesTheWeightsAsTheyAre(Decoder decoder, @TempDir Path directory) {
        var layers = decoder.linearLayers().stream()
                .map(layer -> new LayerShare(layer, 1))
                .toList();
        assertUnchanged(
                decoder, new CurvatureEdit(layers, SAMPLE, List.of(), CurvatureEdit.Aim.MEMORISATION), directory);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void textsThatAreProtectedAsAWholeKeepTheWeightsAsTheyAre(Decoder decoder, @TempDir Path directory) {
        var layers = decoder.linearLayers().stream()
                .map(layer -> new LayerShare(layer, 0.3))
                .toList();
        assertUnchanged(
                decoder,
                new CurvatureEdit(
                        layers, SAMPLE, List.of(new ProtectedTexts(OTHER, 1)), CurvatureEdit.Aim.MEMORISATION),
                directory);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void keepsThePairsWithTheMostMassAndDropsTheRest(Decoder decoder, @TempDir Path directory) {
        var name = decoder == GPT2 ? IN : UP;
        try (var model = model(decoder)) {
            var before = matrix(model, name);
            var curvatures = curvatures(directory, Monitor.NONE);
            new CurvatureEdit(List.of(new LayerShare(name, 0.7)), SAMPLE, List.of(), CurvatureEdit.Aim.MEMORISATION)
                    .apply(task(model, curvatures));
            try (var untouched = model(decoder);
                    var moments = curvatures.of(untouched, SAMPLE.stream(List.of(name), RETAIN))) {
                var expected = naive(before, moments.gradient(name), moments.activation(name), 0.7);
                assertThat(expected.subtract(before).getFrobeniusNorm()).isGreaterThan(0.1);
                assertThat(matrix(model, name).subtract(expected).getFrobeniusNorm())
                        .isLessThan(1e-4);
            }
        }
    }

    @Test
    void whatTheForgetSetUsesIsDroppedFirst(@TempDir Path directory) {
        var decoder = GPT2;
        var layers = List.of(new LayerShare(IN, 0.9), new LayerShare("transformer.h.0.mlp.c_fc", 0.9));
        // texts of tokens that the others do not hold
        var forget = new Sequences(IntStream.range(0, 40)
                .mapToObj(i -> new Sequence(new int[] {9, 10, 9, 10, 10}, 1))
                .toList());
        double[] moved = new double[2];
        for (var aim : CurvatureEdit.Aim.values()) {
            try (var model = model(decoder);
                    var before = model(decoder)) {
                new CurvatureEdit(layers, SAMPLE, List.of(), aim)
                        .apply(task(model, curvatures(directory, Monitor.NONE), forget));
                moved[aim.ordinal()] = distance(model, before, forget) / distance(model, before, RETAIN);
            }
        }
        assertThat(moved[CurvatureEdit.Aim.FORGET_SET.ordinal()])
                .isGreaterThan(1.2 * moved[CurvatureEdit.Aim.MEMORISATION.ordinal()]);
    }

    @Test
    void factorsAreCollectedOnceForAVersionAndRefusedForAnother(@TempDir Path directory) {
        var steps = new AtomicInteger();
        var counting = new Monitor() {
            @Override
            public void progress(String stage, long done, long total, double loss) {
                steps.incrementAndGet();
            }
        };
        var method =
                new CurvatureEdit(List.of(new LayerShare(IN, 0.7)), SAMPLE, List.of(), CurvatureEdit.Aim.MEMORISATION);
        Map<String, float[]> first;
        try (var model = model(GPT2)) {
            method.apply(task(model, curvatures(directory, counting)));
            first = model.weights();
        }
        int once = steps.get();
        assertThat(once).isPositive();
        try (var model = model(GPT2)) {
            method.apply(task(model, curvatures(directory, counting)));
            assertThat(steps.get()).isEqualTo(once);
            assertThat(model.weights().get(IN + ".weight")).isEqualTo(first.get(IN + ".weight"));
        }
        var file = Objects.requireNonNull(directory.toFile().listFiles())[0].toPath();
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> new CurvatureStore(directory, "another").open(file, GPT2))
                .withMessageContaining("are of version this, not of another");
    }

    @Test
    void truncationGivesTheNearestMatrixOfALowerRank(@TempDir Path directory) {
        try (var model = model(GPT2)) {
            var before = matrix(model, IN);
            new SingularValueTruncation(List.of(new LayerShare(IN, 0.5)))
                    .apply(task(model, curvatures(directory, Monitor.NONE)));
            var svd = new SingularValueDecomposition(before);
            var values = svd.getS().copy();
            for (int i = 4; i < 8; i++) {
                values.setEntry(i, i, 0);
            }
            var expected = svd.getU().multiply(values).multiply(svd.getVT());
            assertThat(matrix(model, IN).subtract(expected).getFrobeniusNorm()).isLessThan(1e-5);
        }
    }

    @Test
    void theSubnetSetsItsShareOfEachMatrixToZeroAndLosesWhatIsToBeForgotten(@TempDir Path directory) {
        var other = "transformer.h.0.mlp.c_proj";
        double[] lost = new double[2];
        double[] rates = {1e-9, 0.01}; // the first leaves the mask as it was drawn
        for (int i = 0; i < rates.length; i++) {
            try (var model = model(GPT2)) {
                learn(model, FORGET);
                var before = model.weights();
                new BalancedSubnet(List.of(IN, other), 0.1, 0.7, new Schedule(20, 8, rates[i], 0.9, 0, 1))
                        .apply(task(model, curvatures(directory, Monitor.NONE)));
                model.weights().forEach((name, values) -> assertMasked(name, values, before, List.of(IN, other)));
                lost[i] = loss(model, FORGET);
            }
        }
        assertThat(lost[1]).isGreaterThan(lost[0] + 3);
    }

    private static void learn(LanguageModel model, Sequences texts) {
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "learning",
                                new TextRecipe(80, 8, 1e-2, 0, 0, 0, 4_096, Precision.FP32),
                                1,
                                List.of(TextDescent.Source.of(texts)),
                                LanguageObjective::crossEntropy));
    }

    private static void assertMasked(String name, float[] values, Map<String, float[]> before, List<String> layers) {
        var old = Objects.requireNonNull(before.get(name));
        int zeros = 0;
        for (int i = 0; i < values.length; i++) {
            if (values[i] != old[i]) {
                assertThat(values[i]).as(name).isZero();
                zeros++;
            }
        }
        boolean masked = layers.contains(name.replace(".weight", ""));
        assertThat(zeros).as(name).isEqualTo(masked ? (int) (0.1 * values.length) : 0);
    }

    @Test
    void sharesOutOfTheirRangeAndLayersThatAreNotThereAreRefused(@TempDir Path directory) {
        for (double share : new double[] {0, -1, 1.01, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new LayerShare(IN, share))
                    .withMessageContaining("layers.keptShare must be above 0 and at most 1");
        }
        var method = new CurvatureEdit(
                List.of(new LayerShare("mlp", 0.5)), SAMPLE, List.of(), CurvatureEdit.Aim.MEMORISATION);
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> method.requireFit(GPT2))
                .withMessageContaining("there is no layer mlp")
                .withMessageContaining(IN);
    }

    private static void assertUnchanged(Decoder decoder, LanguageMethod method, Path directory) {
        try (var model = model(decoder)) {
            var before = model.weights();
            method.apply(task(model, curvatures(directory, Monitor.NONE)));
            model.weights().forEach((name, values) -> {
                var old = Objects.requireNonNull(before.get(name));
                for (int i = 0; i < old.length; i++) {
                    assertThat(values[i]).as(name).isCloseTo(old[i], offset(1e-5f));
                }
            });
        }
    }

    /** In float64, all products sorted. */
    static RealMatrix naive(RealMatrix w, float[] gradient, float[] activation, double share) {
        var g = new EigenDecompositionSymmetric(square(gradient));
        var a = new EigenDecompositionSymmetric(square(activation));
        record Pair(int i, int j, double mass) {}
        var pairs = new ArrayList<Pair>();
        double total = 0;
        for (int i = 0; i < w.getRowDimension(); i++) {
            for (int j = 0; j < w.getColumnDimension(); j++) {
                double mass = Math.max(0, g.getEigenvalue(i)) * Math.max(0, a.getEigenvalue(j));
                pairs.add(new Pair(i, j, mass));
                total += mass;
            }
        }
        pairs.sort(Comparator.comparingDouble(pair -> -pair.mass));
        var c = g.getVT().multiply(w).multiply(a.getV());
        var kept = new Array2DRowRealMatrix(w.getRowDimension(), w.getColumnDimension());
        double mass = 0;
        for (var pair : pairs) {
            if (mass >= share * total) {
                break;
            }
            mass += pair.mass;
            kept.setEntry(pair.i, pair.j, c.getEntry(pair.i, pair.j));
        }
        return g.getV().multiply(kept).multiply(a.getVT());
    }

    private static RealMatrix square(float[] numbers) {
        int size = (int) Math.sqrt(numbers.length);
        var matrix = new Array2DRowRealMatrix(size, size);
        for (int i = 0; i < numbers.length; i++) {
            matrix.setEntry(
                    i / size, i % size, numbers[Math.max(i / size, i % size) * size + Math.min(i / size, i % size)]);
        }
        return matrix;
    }

    /** out × in. */
    private static RealMatrix matrix(LanguageModel model, String layer) {
        var numbers = Objects.requireNonNull(model.weights().get(layer + ".weight"));
        int width = model.decoder().width();
        boolean transposed = layer.startsWith("transformer");
        int out = numbers.length / width;
        var matrix = new Array2DRowRealMatrix(out, width);
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < width; i++) {
                matrix.setEntry(o, i, numbers[transposed ? i * out + o : o * width + i]);
            }
        }
        return matrix;
    }

    private static double distance(LanguageModel one, LanguageModel other, Sequences texts) {
        return Math.abs(loss(one, texts) - loss(other, texts));
    }

    private static double loss(LanguageModel model, Sequences texts) {
        return -model.score(texts).stream()
                .mapToDouble(score -> score.logLikelihood())
                .average()
                .orElseThrow();
    }

    private static LanguageModel model(Decoder decoder) {
        var model = LanguageModel.initialise(decoder, 1);
        var random = new Random(4);
        var weights = model.weights();
        weights.forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] += (random.nextFloat() - 0.5f) / 2;
            }
        });
        model.restore(weights);
        return model;
    }

    private static Sequences texts(int count, long seed) {
        var random = new Random(seed);
        return new Sequences(IntStream.range(0, count)
                .mapToObj(i -> new Sequence(random.ints(8, 0, 9).toArray(), 1))
                .toList());
    }

    private static Curvatures curvatures(Path directory, Monitor monitor) {
        var store = new CurvatureStore(directory, "this");
        return new Curvatures() {
            @Override
            public SecondMoments of(LanguageModel model, MomentStream stream) {
                return store.of(model, stream, name -> monitor);
            }

            @Override
            public Sequences texts(UUID dataset) {
                assertThat(dataset).isEqualTo(OTHER);
                return CurvatureEditTest.texts(60, 9);
            }
        };
    }

    private static LanguageTask task(LanguageModel model, Curvatures curvatures) {
        return task(model, curvatures, FORGET);
    }

    private static LanguageTask task(LanguageModel model, Curvatures curvatures, Sequences forget) {
        return new LanguageTask(
                model,
                forget,
                RETAIN,
                forget,
                new TextRecipe(1, 8, 1e-3, 0, 0, 0, 4_096, Precision.FP32),
                Optional.empty(),
                new Sequences(List.of()),
                trial -> {},
                new Session(Monitor.NONE),
                curvatures);
    }
}
