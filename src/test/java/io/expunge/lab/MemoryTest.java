package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.engine.Activations;
import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.Monitor;
import io.expunge.engine.Optimiser;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextRecipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void recomputedActivationsTakeLessMemory() throws Exception {
        // about twenty times 2,048 · 128 numbers stay in each of the 24 blocks: half a GiB
        assertThat(peak(Activations.RECOMPUTED)).isLessThan(peak(Activations.KEPT) - (100L << 20));
    }

    /** Of a process of its own, because an allocator seldom gives back what others in this one had. */
    private static long peak(Activations activations) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneStep.class.getName(),
                        activations.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines()
                .filter(line -> line.startsWith("peak "))
                .mapToLong(line -> Long.parseLong(line.substring(5)))
                .findFirst()
                .orElseThrow();
    }

    /** Trains for one step and prints the peak. */
    static final class OneStep {

        private OneStep() {}

        public static void main(String... arguments) {
            var random = new Random(1);
            var texts = new Sequences(IntStream.range(0, 8)
                    .mapToObj(i -> new Sequence(random.ints(256, 0, 256).toArray(), 1))
                    .toList());
            var recipe = new TextRecipe(1, 16, 1e-3, 0, 0, 0, 1 << 20, Precision.FP32)
                    .with(Optimiser.SGD, 0.9, Activations.valueOf(arguments[0]), null);
            try (var model = LanguageModel.initialise(Decoder.gpt2(256, 24, 128, 4, 256), 1)) {
                new Session(Monitor.NONE)
                        .descend(
                                model,
                                new TextDescent(
                                        "training",
                                        recipe,
                                        1,
                                        List.of(TextDescent.Source.of(texts)),
                                        LanguageObjective::crossEntropy));
            }
            System.out.println("peak " + Memory.peak());
        }
    }
}
