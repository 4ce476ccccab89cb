package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisionDirectoryTest {

    private static final VisionTransformer VIT = SmallVision.VIT;

    @TempDir
    private Path parent;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.createDirectory(parent.resolve("model"));
        VisionDirectory.describe(model, VIT, List.of("cat", "dog", "owl"));
        try (var network = SmallVision.network()) {
            network.save(model.resolve("model.safetensors"));
        }
    }

    @Test
    void whatWasWrittenIsReadAsTheSameNetwork() {
        var opened = VisionDirectory.open(model);
        assertThat(opened.architecture()).isEqualTo(VIT);
        try (var read = opened.network();
                var written = SmallVision.network()) {
            assertThat(read.logits(SmallVision.images(3))).isDeepEqualTo(written.logits(SmallVision.images(3)));
        }
    }

    @Test
    void anUnchangedNetworkIsWrittenToTheSameBytesAndAChangedOneToNoOtherNumber() throws IOException {
        // as from elsewhere: another order, another type, and files that mean nothing here
        Map<String, Safetensors.Tensor> others = new LinkedHashMap<>();
        SmallVision.weights().entrySet().stream()
                .sorted(Map.Entry.<String, float[]>comparingByKey().reversed())
                .forEach(entry -> others.put(
                        entry.getKey(),
                        new Safetensors.Tensor(
                                Objects.requireNonNull(Declarations.of(Layers.of(VIT))
                                                .tensors()
                                                .get(entry.getKey()))
                                        .shape(),
                                entry.getValue())));
        Safetensors.write(
                model.resolve("model.safetensors"), others, Map.of("format", "pt", "by", "others"), ElementType.BF16);
        Files.writeString(model.resolve("README.md"), "A model.\n");
        var opened = VisionDirectory.open(model);
        var same = parent.resolve("same");
        var other = parent.resolve("other");
        try (var network = opened.network()) {
            assertThat(opened.write(same, network)).isZero();
            for (var file : List.of("config.json", "preprocessor_config.json", "model.safetensors", "README.md")) {
                assertThat(same.resolve(file)).hasSameBinaryContentAs(model.resolve(file));
            }
            var weights = network.weights();
            weights.get("classifier.bias")[1] += 1;
            network.restore(weights);
            assertThat(opened.write(other, network)).isOne();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"vit\"            | \"deit\"       | model_type must be vit but is deit",
                "\"gelu\"           | \"relu\"       | hidden_act must be gelu but is relu",
                "\"qkv_bias\": true | \"qkv_bias\": false | qkv_bias = false is not built here",
                "\"patch_size\": 4  | \"patch_size\": 3   | patchSize must divide imageSize 8 but was 3",
                "\"patch_size\": 4  | \"patch_size\": 2   | position_embeddings must have the shape [1, 17, 6]",
                "\"patch_size\": 4  | \"patch_size\": \"4\" | patch_size must be a number",
                "\"num_attention_heads\": 2 | \"num_attention_heads\": 4 | heads must divide hiddenSize 6 but was 4",
                "\"num_hidden_layers\": 2   | \"num_hidden_layers\": 3 | tensor vit.encoder.layer.2",
                "\"num_hidden_layers\": 2   | \"num_hidden_layers\": 1 | is not part of vit",
                "\"2\": \"owl\"     | \"3\": \"owl\"      | id2label must name every class from 0 on but lacks 2",
            })
    void aConfigThatIsWrongOrNotOfTheseWeightsIsRefusedByField(String field, String wrong, String reason)
            throws IOException {
        replace("config.json", field, wrong);
        assertRefused(reason);
    }

    @Test
    void otherPixelsThanZeroToOneAreRefused() throws IOException {
        replace("preprocessor_config.json", "\"do_normalize\": false", "\"do_normalize\": true");
        assertRefused("do_normalize must be false");
    }

    @Test
    void weightsThatAreMissingOrPicklesAreRefused() throws IOException {
        Files.write(model.resolve("pytorch_model.bin"), new byte[] {1});
        assertRefused("pytorch_model.bin is a pickle");
        Files.delete(model.resolve("pytorch_model.bin"));
        Files.delete(model.resolve("model.safetensors"));
        assertRefused("neither model.safetensors nor");
    }

    private void replace(String file, String text, String other) throws IOException {
        var before = Files.readString(model.resolve(file));
        assertThat(before).contains(text);
        Files.writeString(model.resolve(file), before.replace(text, other));
    }

    private void assertRefused(String reason) {
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> VisionDirectory.open(model))
                .withMessageContaining(reason);
    }
}
