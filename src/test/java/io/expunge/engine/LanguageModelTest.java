package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.expunge.engine.Sequences.Sequence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelTest {

    private static final Decoder TINY = Decoder.gpt2(17, 2, 32, 2, 24);
    private static final Sequences TEXTS = texts();
    private static final TextRecipe RECIPE = new TextRecipe(40, 4, 1e-2, 0.01, 0.1, 1, 40, Precision.FP32);

    @TempDir
    private Path directory;

    @Test
    void aModelThatWasTrainedOnTextsSaysThemByHeart() {
        try (var model = trained(3, Monitor.NONE)) {
            var written = model.generate(
                    TEXTS.all().stream().map(Sequence::prompt).toList(), Sampling.greedy(24, java.util.Set.of(16)));
            for (int row = 0; row < TEXTS.size(); row++) {
                var answer = TEXTS.get(row).answer();
                assertThat(written.get(row)).isEqualTo(java.util.Arrays.copyOf(answer, answer.length - 1));
            }
            assertThat(model.score(TEXTS))
                    .allSatisfy(score -> assertThat(score.right()).doesNotContain(false));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 30, 79})
    void resumingFromAnyStepEndsWithTheSameBytes(long stopAt) throws Exception {
        var checkpoint = directory.resolve("checkpoint");
        assertThatExceptionOfType(Stopped.class).isThrownBy(() -> trained(3, stopping(stopAt, checkpoint)));
        try (var undisturbed = trained(3, Monitor.NONE);
                var resumed = trained(3, resuming(checkpoint))) {
            undisturbed.save(directory.resolve("undisturbed"));
            resumed.save(directory.resolve("resumed"));
        }
        assertThat(Files.readAllBytes(directory.resolve("resumed")))
                .isEqualTo(Files.readAllBytes(directory.resolve("undisturbed")));
    }

    @Test
    void anImportedDirectoryComesBackByteForByteAndOnlyChangedWeightsDiffer() throws Exception {
        var source = directory.resolve("source");
        try (var model = LanguageModel.initialise(TINY, 5)) {
            HuggingFaceDirectory.create(
                    source, TINY.toConfigJson(), model.parameters().tensors(""), ElementType.BF16, vocabulary());
        }
        var opened = HuggingFaceDirectory.open(source);
        try (var model = LanguageModel.open(opened)) {
            assertThat(opened.write(directory.resolve("same"), model::tensor)).isZero();
            assertThat(Files.readAllBytes(directory.resolve("same/model.safetensors")))
                    .isEqualTo(Files.readAllBytes(source.resolve("model.safetensors")));
            new Session(Monitor.NONE)
                    .descend(
                            model,
                            new TextDescent(
                                    "training",
                                    RECIPE,
                                    1,
                                    List.of(TextDescent.Source.of(TEXTS)),
                                    LanguageObjective::crossEntropy));
            assertThat(opened.write(directory.resolve("edited"), model::tensor)).isPositive();
        }
        var edited = HuggingFaceDirectory.open(directory.resolve("edited"));
        assertThat(edited.names()).isEqualTo(opened.names());
        assertThat(edited.config()).isEqualTo(opened.config());
    }

    @Test
    void aRecordLongerThanTheContextIsRefusedBeforeTheFirstStep() {
        var tooLong = new Sequences(List.of(new Sequence(new int[30], 1)));
        try (var model = LanguageModel.initialise(TINY, 5)) {
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() -> new Session(Monitor.NONE)
                            .descend(
                                    model,
                                    new TextDescent(
                                            "training",
                                            RECIPE,
                                            1,
                                            List.of(TextDescent.Source.of(tooLong)),
                                            LanguageObjective::crossEntropy)))
                    .withMessage("record 0 has 30 tokens but the model's context holds 24");
        }
    }

    private static LanguageModel trained(long seed, Monitor monitor) {
        var model = LanguageModel.initialise(TINY, seed);
        new Session(monitor)
                .descend(
                        model,
                        new TextDescent(
                                "training",
                                RECIPE,
                                seed,
                                List.of(TextDescent.Source.of(TEXTS)),
                                LanguageObjective::crossEntropy));
        return model;
    }

    private static BytePairVocabulary vocabulary() {
        return BytePairTrainer.train(List.of("abc abc abc"), 260);
    }

    private static Sequences texts() {
        var random = new Random(1);
        return new Sequences(IntStream.range(0, 8)
                .mapToObj(i -> {
                    var tokens = random.ints(9 + i % 4, 0, 16).toArray();
                    tokens[0] = i;
                    tokens[tokens.length - 1] = 16;
                    return new Sequence(tokens, 3);
                })
                .toList());
    }

    private static Monitor stopping(long step, Path checkpoint) {
        return new Monitor() {
            private long asked;

            @Override
            public boolean stopRequested() {
                return asked++ == step;
            }

            @Override
            public void lastCheckpoint(long ignored, CheckpointWriter writer) {
                writer.write(checkpoint);
            }
        };
    }

    private static Monitor resuming(Path checkpoint) {
        return new Monitor() {
            @Override
            public Optional<Path> resumeFrom() {
                return Optional.of(checkpoint);
            }
        };
    }
}
