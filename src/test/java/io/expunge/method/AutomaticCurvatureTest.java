package io.expunge.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import io.expunge.metric.Perplexity;
import io.expunge.metric.RecitationProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A model that has learned to count on and, beside it, some strings by heart. */
class AutomaticCurvatureTest {

    private static final Decoder GPT2 = Decoder.gpt2(20, 2, 32, 2, 24);
    private static final TextRecipe RECIPE = new TextRecipe(40, 16, 5e-3, 0, 0.05, 1, 4_096, Precision.FP32);
    private static final Sequences COUNTING = counting(120, 1);
    private static final Sequences MORE_COUNTING = counting(60, 2);
    private static final Sequences STRINGS = strings();
    private static final CurvatureSample SAMPLE = new CurvatureSample(null, 100_000, Labels.SAMPLED, 4_096, 1);

    @Test
    void findsAnEditAfterWhichNoStringIsRecitedAndCountingIsLeftAlone() {
        try (var model = LanguageModel.initialise(GPT2, 1)) {
            learn(model);
            var probe = new RecitationProbe(STRINGS);
            assertThat(probe.of(model).strict()).isGreaterThan(0.9);
            double before = Perplexity.of(model, MORE_COUNTING);
            var trials = new ArrayList<Trial>();
            new AutomaticCurvature(List.of("mlp.c_fc", "mlp.c_proj"), 2, 4, 1.3, 0.1, SAMPLE, List.of())
                    .apply(task(model, STRINGS, MORE_COUNTING, trials));
            assertThat(probe.of(model).strict()).isLessThanOrEqualTo(0.1);
            assertThat(Perplexity.of(model, MORE_COUNTING)).isLessThan(1.3 * before);
            // rows of blocks: the first, both, the second
            assertThat(trials).hasSize(12);
            assertThat(trials.getFirst().setting()).contains("transformer.h.0.mlp.c_fc", "at 0.5000");
        }
    }

    @Test
    void refusesModulesThatNoLayerEndsWithAndTasksWithoutTextsToTuneOn() {
        var method = new AutomaticCurvature(List.of("gate_proj"), 1, 1, 1.2, 0, SAMPLE, List.of());
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> method.requireFit(GPT2))
                .withMessageContaining("gate_proj")
                .withMessageContaining("transformer.h.0.mlp.c_fc");
        var none = new Sequences(List.of());
        try (var model = LanguageModel.initialise(GPT2, 1)) {
            var fit = new AutomaticCurvature(List.of("mlp.c_fc"), 1, 1, 1.2, 0, SAMPLE, List.of());
            assertThatExceptionOfType(ModelRefused.class)
                    .isThrownBy(() -> fit.apply(task(model, none, MORE_COUNTING, new ArrayList<>())))
                    .withMessageContaining("memorised texts");
        }
    }

    private static void learn(LanguageModel model) {
        var all = new ArrayList<>(COUNTING.all());
        for (int time = 0; time < 6; time++) {
            STRINGS.all().forEach(text -> all.add(new Sequence(text.tokens(), 1)));
        }
        new Session(Monitor.NONE)
                .descend(
                        model,
                        new TextDescent(
                                "learning",
                                RECIPE,
                                1,
                                List.of(TextDescent.Source.of(new Sequences(all))),
                                LanguageObjective::crossEntropy));
    }

    private static Sequences counting(int count, long seed) {
        var random = new Random(seed);
        return new Sequences(Stream.generate(() -> {
                    int from = random.nextInt(20);
                    int step = 1 + random.nextInt(3);
                    return new Sequence(
                            IntStream.range(0, 16)
                                    .map(i -> (from + i * step) % 20)
                                    .toArray(),
                            1);
                })
                .limit(count)
                .toList());
    }

    private static Sequences strings() {
        var random = new Random(3);
        return new Sequences(Stream.generate(
                        () -> new Sequence(random.ints(16, 0, 20).toArray(), 8))
                .limit(12)
                .toList());
    }

    private static LanguageTask task(LanguageModel model, Sequences forget, Sequences heldOut, List<Trial> trials) {
        return new LanguageTask(
                model,
                forget,
                COUNTING,
                forget,
                RECIPE,
                Optional.empty(),
                heldOut,
                trials::add,
                new Session(Monitor.NONE),
                new Curvatures() {
                    @Override
                    public SecondMoments of(LanguageModel edited, MomentStream stream) {
                        return SecondMoments.collect(edited, stream, Map.of(), new Session(Monitor.NONE));
                    }

                    @Override
                    public Sequences texts(UUID dataset) {
                        throw new AssertionError("nothing is protected");
                    }
                });
    }
}
