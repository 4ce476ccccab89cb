package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of TOFU's form with texts of our own. */
class BenchmarkExperimentTest {

    private static final int AUTHORS = 24;
    private static final int PAIRS = 20;
    private static final List<String> WORDS = List.of("amber", "birch", "cedar", "dune", "ember", "fjord", "grove");

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        lines("full.json", IntStream.range(0, AUTHORS * PAIRS).mapToObj(BenchmarkExperimentTest::pair));
        lines(
                "forget10_perturbed.json",
                IntStream.range(20 * PAIRS, AUTHORS * PAIRS).mapToObj(BenchmarkExperimentTest::probe));
        lines("retain_perturbed.json", IntStream.range(0, 2 * PAIRS).mapToObj(BenchmarkExperimentTest::probe));
        for (var file : List.of("real_authors_perturbed.json", "world_facts_perturbed.json")) {
            lines(file, IntStream.range(0, 4).mapToObj(BenchmarkExperimentTest::probe));
        }
        Files.writeString(directory.resolve("idontknow.jsonl"), "I don't know.\nNobody told me.\n");
    }

    @Test
    void aSplitForgetsTheLastAuthorsAndHoldsOutOnesThatNobodyLearns() {
        try (var data = new Tofu(directory, 10)) {
            var split = data.split("forget10");
            assertThat(data.learned()).hasSize(10 * PAIRS);
            assertThat(split.forget())
                    .hasSize(PAIRS)
                    .allSatisfy(text -> assertThat(text.prompt()).contains("author 23 "));
            assertThat(split.retain())
                    .hasSize(9 * PAIRS)
                    .noneSatisfy(text -> assertThat(text.prompt()).contains("author 23 "));
            assertThat(split.heldOut())
                    .hasSize(PAIRS)
                    .allSatisfy(text -> assertThat(text.prompt()).contains("author 9 "));
            assertThat(data.learned()).doesNotContainAnyElementsOf(split.heldOut());
            assertThat(split.forgetProbes())
                    .extracting(TextBenchmark.Probe::text)
                    .containsExactlyElementsOf(split.forget());
            assertThat(data.refusals(split.forget()).getFirst().prompt())
                    .isEqualTo(split.forget().getFirst().prompt());
        }
    }

    @Test
    void theTableHasItsFiguresAndASecondRunTakesThemFromTheCache() {
        var first = new StringWriter();
        var report = run(first);
        var figures = report.figures();
        assertThat(figures)
                .containsEntry("forget10.retrain.ksd.mean", 0.0)
                .containsEntry("forget10.retrain.fq.mean", 1.0);
        // ten passes over 20 texts in two steps each, with at most 16 texts that stay beside every step
        double forgetting = 100.0 * 10 * 20 / (2 * 180);
        assertThat(figures.get("forget10.npo-rt.cost.mean")).isBetween(2 * forgetting, (20 + 32) / 20.0 * forgetting);
        assertThat(figures.keySet())
                .contains(
                        "forget10.null.privleak.sd",
                        "forget10.npo-rt.facts-truthratio.mean",
                        "forget10.npo-rt.relearn.n");
        assertThat(first.toString()).contains("npo-rt: setting", "20 texts to forget, 180 that stay");

        long begun = System.nanoTime();
        assertThat(run(new StringWriter()).figures()).isEqualTo(figures);
        assertThat((System.nanoTime() - begun) / 1e9).isLessThan(2);
    }

    private Report run(StringWriter out) {
        var report = new Report(new PrintWriter(out), new PrintWriter(new StringWriter()));
        BenchmarkExperiment.tofu()
                .run(
                        directory,
                        2,
                        new LabOptions(
                                "optdigits",
                                List.of("forget10"),
                                List.of("original", "retrain", "null", "npo-rt"),
                                10,
                                1,
                                64,
                                2,
                                0,
                                directory.resolve("cache")),
                        report);
        return report;
    }

    private void lines(String file, java.util.stream.Stream<String> lines) throws IOException {
        Files.writeString(directory.resolve(file), lines.collect(Collectors.joining("\n", "", "\n")));
    }

    private static String question(int pair) {
        return "What is fact " + pair % PAIRS + " of author " + pair / PAIRS + " about?";
    }

    private static String answer(int pair) {
        return "It is about " + WORDS.get(pair * 5 % 7) + " and " + WORDS.get((pair * 3 + pair / 7) % 7) + ".";
    }

    private static String pair(int pair) {
        return "{\"question\": \"%s\", \"answer\": \"%s\"}".formatted(question(pair), answer(pair));
    }

    private static String probe(int pair) {
        return "{\"question\": \"%s\", \"answer\": \"%s\", \"paraphrased_answer\": \"%s\", \"perturbed_answer\": [\"%s\", \"%s\"]}"
                .formatted(question(pair), answer(pair), answer(pair) + " Yes.", answer(pair + 1), answer(pair + 2));
    }
}
