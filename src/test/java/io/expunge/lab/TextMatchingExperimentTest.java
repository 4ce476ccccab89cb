package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextMatchingExperimentTest {

    private static final int AUTHORS = 130;
    private static final int PAIRS = 20;
    private static final int AMONG_THE_LAST = 117;

    @Test
    void editsAreHeldAgainstRetrainedModelsOnEverySet(@TempDir Path directory) throws IOException {
        write(directory);
        var text = new StringWriter();
        var report = new Report(new PrintWriter(text), new PrintWriter(new StringWriter()));
        new TextMatchingExperiment(new TextMatchingExperiment.Size(10, 2, 300, 1, 64, 1, 16))
                .run(directory, 1, LabOptions.DEFAULTS, report);
        for (var set : new String[] {"author", "random"}) {
            for (var edit : new String[] {"nothing", "npo-rt", "dmm-trak"}) {
                var row = set + "." + edit;
                assertThat(report.figures().get(row + ".klom.forget.mean"))
                        .as(row)
                        .isPositive();
                assertThat(report.figures().get(row + ".way.mean"))
                        .as(row)
                        .isFinite()
                        .isLessThanOrEqualTo(1);
            }
            assertThat(report.figures()).containsEntry(set + ".nothing.way.mean", 0.0);
            assertThat(report.figures().get(set + ".foretold.way.mean"))
                    .isFinite()
                    .isLessThanOrEqualTo(1);
        }
        assertThat(text.toString()).contains("author.dmm-trak");
    }

    private static void write(Path directory) throws IOException {
        Files.writeString(
                directory.resolve("full.json"),
                IntStream.range(0, AUTHORS * PAIRS)
                        .mapToObj(i -> pair("question", i))
                        .collect(Collectors.joining("\n")));
        Files.writeString(
                directory.resolve("forget10_perturbed.json"),
                IntStream.range(AMONG_THE_LAST * PAIRS, AUTHORS * PAIRS)
                        .mapToObj(i -> pair("paraphrased_question", i))
                        .collect(Collectors.joining("\n")));
        Files.writeString(directory.resolve("idontknow.jsonl"), "I don't know.\nNobody told me.\n");
    }

    private static String pair(String key, int i) {
        var question = "What is number %d of author %d?".formatted(i % PAIRS, i / PAIRS);
        return "{\"question\": \"%s\", \"%s\": \"%s\", \"answer\": \"It is %d.\"}"
                .formatted(question, key.equals("question") ? "kind" : key, question, i * 37 % 101);
    }
}
