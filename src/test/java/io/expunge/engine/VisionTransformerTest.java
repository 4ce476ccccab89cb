package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisionTransformerTest {

    private static final VisionTransformer VIT = SmallVision.VIT;

    @Test
    void answersAsTheFormulasDo() {
        var twin = new VisionTwin(VIT, SmallVision.exact());
        try (var network = SmallVision.network()) {
            var logits = network.logits(SmallVision.images(5));
            for (int i = 0; i < 5; i++) {
                var expected = twin.logits(SmallVision.image(i));
                for (int k = 0; k < expected.length; k++) {
                    assertThat((double) logits[i][k]).isCloseTo(expected[k], within(1e-4));
                }
            }
        }
    }

    @Test
    void gradientsAreTheSlopesOfTheFormulas() {
        var exact = SmallVision.exact();
        var twin = new VisionTwin(VIT, exact);
        var random = new SplittableRandom(7);
        gradients(SmallVision.images(2)).forEach((name, gradient) -> {
            var values = Objects.requireNonNull(exact.get(name));
            for (int probe = 0; probe < 6; probe++) {
                int at = random.nextInt(values.length);
                double value = values[at];
                values[at] = value + 1e-5;
                double above = loss(twin);
                values[at] = value - 1e-5;
                double slope = (above - loss(twin)) / 2e-5;
                values[at] = value;
                assertThat((double) gradient[at])
                        .as(name + " at " + at)
                        .isCloseTo(slope, within(1e-4 + 1e-3 * Math.abs(slope)));
            }
        });
    }

    private static double loss(VisionTwin twin) {
        return -(twin.logProbability(SmallVision.image(0), 0) + twin.logProbability(SmallVision.image(1), 1)) / 2;
    }

    /** Of every tensor: none is left out. */
    private static Map<String, float[]> gradients(Examples images) {
        var gradients = new TreeMap<String, float[]>();
        try (var network = SmallVision.network()) {
            Lane.hold(() -> {
                var parameters = network.parameters();
                try (var scratch = parameters.openStep();
                        var collector = Torch.engine().newGradientCollector()) {
                    var batch = new Batches(network, scratch, images, images.size(), 1, false).at(0);
                    collector.backward(network.crossEntropy(batch));
                    parameters
                            .leaves()
                            .forEach((name, leaf) ->
                                    gradients.put(name, leaf.getGradient().toFloatArray()));
                } finally {
                    parameters.closeStep();
                }
                return null;
            });
            assertThat(gradients.keySet())
                    .containsExactlyInAnyOrderElementsOf(network.weights().keySet());
        }
        return gradients;
    }

    @Test
    void tensorsAreNamedAndShapedAsHuggingFaceDoes() {
        var tensors = Declarations.of(Layers.of(VIT)).tensors();
        assertThat(tensors).hasSize(2 + 2 + 2 * 16 + 2 + 2);
        assertShape(tensors, "vit.embeddings.cls_token", 1, 1, 6);
        assertShape(tensors, "vit.embeddings.position_embeddings", 1, 5, 6);
        assertShape(tensors, "vit.embeddings.patch_embeddings.projection.weight", 6, 2, 4, 4);
        assertShape(tensors, "vit.encoder.layer.1.attention.attention.query.weight", 6, 6);
        assertShape(tensors, "vit.encoder.layer.1.attention.output.dense.bias", 6);
        assertShape(tensors, "vit.encoder.layer.0.intermediate.dense.weight", 10, 6);
        assertShape(tensors, "vit.encoder.layer.0.output.dense.weight", 6, 10);
        assertShape(tensors, "vit.encoder.layer.0.layernorm_before.weight", 6);
        assertShape(tensors, "vit.encoder.layer.0.layernorm_after.bias", 6);
        assertShape(tensors, "vit.layernorm.weight", 6);
        assertShape(tensors, "classifier.weight", 3, 6);
    }

    private static void assertShape(Map<String, Declarations.Tensor> tensors, String name, long... shape) {
        assertThat(tensors).containsKey(name);
        assertThat(Objects.requireNonNull(tensors.get(name)).shape()).containsExactly(shape);
    }

    @Test
    void adamTeachesItAndAStoppedTrainingResumesToTheSameBytes(@TempDir Path directory) {
        var images = SmallVision.images(24);
        var recipe = new Recipe(200, 8, 1e-2, 0.9, 1e-3, Recipe.Schedule.COSINE, false).by(Optimiser.ADAMW);
        var checkpoint = directory.resolve("checkpoint");
        var stopping = new Monitor() {
            private int asked;

            @Override
            public boolean stopRequested() {
                return asked++ == 40;
            }

            @Override
            public void checkpoint(long step, CheckpointWriter writer) {
                if (step == 37) {
                    writer.write(checkpoint);
                }
            }
        };
        assertThatExceptionOfType(Stopped.class).isThrownBy(() -> Trainer.train(VIT, recipe, images, 5, stopping));
        try (var undisturbed = Trainer.train(VIT, recipe, images, 5, Monitor.NONE);
                var resumed = Trainer.train(VIT, recipe, images, 5, new Monitor() {
                    @Override
                    public Optional<Path> resumeFrom() {
                        return Optional.of(checkpoint);
                    }
                })) {
            var expected = undisturbed.weights();
            resumed.weights()
                    .forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
            assertThat(right(undisturbed, images)).isGreaterThan(20);
        }
    }

    private static int right(Network network, Examples images) {
        var logits = network.logits(images);
        var labels = images.labels();
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int largest = 0;
            for (int k = 1; k < logits[i].length; k++) {
                largest = logits[i][k] > logits[i][largest] ? k : largest;
            }
            right += largest == labels[i] ? 1 : 0;
        }
        return right;
    }

    @Test
    void aPatchThatDoesNotTileTheImageOrHeadsThatDoNotDivideItsWidthAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VisionTransformer(1, 28, 8, 96, 3, 4, 384, 1e-6, 10))
                .withMessage("patchSize must divide imageSize 28 but was 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VisionTransformer(1, 28, 7, 96, 3, 5, 384, 1e-6, 10))
                .withMessage("heads must divide hiddenSize 96 but was 5");
    }

    @Test
    void onlyMatricesOfLinearLayersArePruned() {
        try (var network = SmallVision.network()) {
            assertThat(network.matrices())
                    .contains("classifier.weight", "vit.embeddings.patch_embeddings.projection.weight")
                    .doesNotContainAnyElementsOf(
                            List.of("vit.embeddings.cls_token", "vit.embeddings.position_embeddings"));
        }
    }
}
