package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.BytePairTrainer;
import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.Stopped;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that knows forty strings by heart, beside one that has forgotten them and one that was not edited. */
class RecitationBatteryTest {

    private static final Sequences STRINGS = strings(40, 1);
    private static final Sequences OTHERS = strings(20, 2);

    @TempDir
    private static Path directory;

    private static Tokenizer tokenizer;
    private static LanguageModel parent;
    private static LanguageModel fresh;

    @BeforeAll
    static void learn() {
        var vocabulary = BytePairTrainer.train(
                CapabilityProbes.sums(300, 1).stream()
                        .map(CapabilityProbes.Question::text)
                        .toList(),
                300);
        vocabulary.write(directory);
        tokenizer = Tokenizer.load(directory.resolve("tokenizer.json"), vocabulary.size());
        parent = LanguageModel.initialise(Decoder.gpt2(vocabulary.size(), 1, 48, 2, 64), 1);
        fresh = parent.copy();
        new Session(Monitor.NONE)
                .descend(
                        parent,
                        new TextDescent(
                                "learning",
                                new TextRecipe(80, 10, 1e-2, 0, 0.05, 1, 4_096, Precision.FP32),
                                1,
                                List.of(TextDescent.Source.of(STRINGS)),
                                LanguageObjective::crossEntropy));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
        parent.close();
        fresh.close();
    }

    @Test
    void anEditThatLosesTheStringsPassesWithoutAReferenceAndTheCostIsTold() {
        var findings = measure(parent, fresh, STRINGS, Monitor.NONE);
        var strict = finding(findings, Check.RECITATION_STRICT);
        assertThat(strict.before()).isGreaterThan(0.9);
        assertThat(strict.after()).isZero();
        assertThat(strict.high()).isCloseTo(Proportions.wilson(0, 40).high(), within(1e-12));
        assertThat(finding(findings, Check.COST_RANKING).after()).isGreaterThan(0.1);
        assertThat(finding(findings, Check.COST_PERPLEXITY).before()).isEqualTo(1);
        double ratio = Perplexity.of(fresh, OTHERS) / Perplexity.of(parent, OTHERS);
        assertThat(finding(findings, Check.COST_PERPLEXITY).difference())
                .isCloseTo(Math.max(Math.exp(-6), ratio) - 1, within(1e-6));
        // the limits of cost are of no matter here: a fresh model has lost everything
        assertThat(Verdict.of(findings, wide(Map.of("recitation.strict", 0.1))).outcome())
                .isEqualTo(Outcome.PASSED);
    }

    @Test
    void noEditFailsAndSoDoesAParentThatRecitesNothingLeaveNothingToShow() {
        var verdict = Verdict.of(measure(parent, parent, STRINGS, Monitor.NONE), Thresholds.calibrated());
        assertThat(verdict.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(verdict.reasons().getFirst()).contains("recitation.");
        var nothing = Verdict.of(
                measure(parent, fresh, STRINGS.subset(0, 1, 2), Monitor.NONE), wide(Map.of("recitation.strict", 0.1)));
        assertThat(nothing.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(nothing.reasons()).containsExactly("too few texts are recited to tell by");
        var unlearned = Verdict.of(measure(fresh, fresh, STRINGS, Monitor.NONE), Thresholds.calibrated());
        assertThat(unlearned.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void isStoppedBetweenChecks() {
        assertThatExceptionOfType(Stopped.class)
                .isThrownBy(() -> measure(parent, fresh, STRINGS, new Monitor() {
                    @Override
                    public boolean stopRequested() {
                        return true;
                    }
                }));
    }

    private static Findings measure(LanguageModel before, LanguageModel after, Sequences recited, Monitor monitor) {
        return new RecitationBattery(7).measure(before, after, recited, OTHERS, new TextEncoding(tokenizer), monitor);
    }

    private static Thresholds wide(Map<String, Double> tight) {
        var limits = new java.util.HashMap<String, Double>();
        Thresholds.calibrated().limits().keySet().forEach(check -> limits.put(check, 1_000.0));
        limits.putAll(tight);
        return new Thresholds(limits);
    }

    private static Finding finding(Findings findings, Check check) {
        return findings.findings().stream()
                .filter(one -> one.check().equals(check.code()))
                .findFirst()
                .orElseThrow();
    }

    private static Sequences strings(int count, long seed) {
        var random = new Random(seed);
        return new Sequences(IntStream.range(0, count)
                .mapToObj(i -> new Sequence(random.ints(14, 0, 200).toArray(), 6))
                .toList());
    }
}
