package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTest {

    @TempDir
    private Path directory;

    static Stream<NetworkArchitecture> images() {
        return Stream.of(new SmallCnn(3, 16, 16, 3), new ResNet9(3, 16, 16, 3), new ResNet18(3, 16, 16, 3));
    }

    @ParameterizedTest
    @MethodSource("images")
    void aFileHoldsAllThatANetworkAnswersWith(NetworkArchitecture architecture) throws Exception {
        var data = pictures(12);
        var file = directory.resolve("model.safetensors");
        try (var network = Network.initialise(architecture, 3)) {
            network.save(file);
            var bytes = Files.readAllBytes(file);
            try (var loaded = Network.load(architecture, file)) {
                assertThat(loaded.logits(data)).isDeepEqualTo(network.logits(data));
                loaded.save(file);
                assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("images")
    void stoppedImageTrainingsResumeToTheSameBytes(NetworkArchitecture architecture) {
        var data = pictures(24);
        var recipe = new Recipe(2, 8, 0.05, 0.9, 5e-4, Recipe.Schedule.TRIANGULAR, true);
        var checkpoint = directory.resolve("checkpoint");
        var steps = new int[1];
        assertThatExceptionOfType(Stopped.class)
                .isThrownBy(() -> Trainer.train(architecture, recipe, data, 5, new Monitor() {
                    @Override
                    public boolean stopRequested() {
                        return steps[0]++ == 4;
                    }

                    @Override
                    public void checkpoint(long step, CheckpointWriter writer) {
                        writer.write(checkpoint);
                    }
                }));
        try (var undisturbed = Trainer.train(architecture, recipe, data, 5, Monitor.NONE);
                var resumed = Trainer.train(architecture, recipe, data, 5, new Monitor() {
                    @Override
                    public Optional<Path> resumeFrom() {
                        return Optional.of(checkpoint);
                    }
                })) {
            var expected = undisturbed.weights();
            resumed.weights()
                    .forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                    | fc1.weight is missing",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}                | x is not part of",
                "{'x':{'dtype':'F16','shape':[2],'data_offsets':[0,4]}}                | must be of type F32",
                "{'x':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}                | offsets that don't fit",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}                | gap",
                "{'x':{'dtype':'F32','shape':[9223372036854775807,4],'data_offsets':[0,4]}} | impossible shape",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | twice",
                "not json                                                              | not the JSON",
            })
    void aFileThatIsNotWhatItClaimsIsRefusedByName(String header, String reason) throws Exception {
        var file = directory.resolve("bad.safetensors");
        var json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        int data = header.equals("{}") ? 0 : 4;
        Files.write(
                file,
                ByteBuffer.allocate(8 + json.length + data)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .array());
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Network.load(new Mlp(2, List.of(3), 2), file))
                .withMessageContaining(reason);
    }

    @Test
    void aHeaderLongerThanTheFileAndAValueThatIsNoNumberAreRefused() throws Exception {
        var file = directory.resolve("bad.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(Long.MAX_VALUE)
                        .array());
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Network.load(new Mlp(2, List.of(3), 2), file))
                .withMessageContaining("header");
        try (var network = Network.initialise(new Mlp(2, List.of(3), 2), 1)) {
            var weights = network.weights();
            weights.get("fc1.bias")[0] = Float.NaN;
            network.restore(weights);
            network.save(file);
        }
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Network.load(new Mlp(2, List.of(3), 2), file))
                .withMessageContaining("fc1.bias");
    }

    private static Examples pictures(int n) {
        var random = new SplittableRandom(1);
        var pixels = new byte[n * 3 * 16 * 16];
        var labels = new int[n];
        random.nextBytes(pixels);
        for (int i = 0; i < n; i++) {
            labels[i] = i % 3;
        }
        return Examples.ofBytes(pixels, labels, 3, 16, 16);
    }
}
