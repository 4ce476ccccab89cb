package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expunge.engine.TextRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of LUME's form with texts of our own. */
class LumeTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        for (var set : new String[] {"forget", "retain"}) {
            Files.writeString(
                    directory.resolve(set + ".jsonl"),
                    IntStream.range(0, 30)
                            .boxed()
                            .flatMap(i -> document(set, i))
                            .collect(Collectors.joining("\n")));
        }
    }

    @Test
    void aSplitForgetsSomeOfEachTaskAndHoldsOutOthersOfTheBenchmarksForgetSet() {
        try (var data = new Lume(directory, 30)) {
            var split = data.split("forget10");
            assertThat(split.forget())
                    .containsExactly(
                            new TextRecord("forget 0 of Task1 is", " so forget0."),
                            TextRecord.ofQuestion("What is forget 0 of Task1?", "forget0 Task1"),
                            new TextRecord("forget 1 of Task2 is", " so forget1."),
                            TextRecord.ofQuestion("What is forget 1 of Task2?", "forget1 Task2"),
                            new TextRecord("forget 2 of Task3 is", " so forget2."),
                            TextRecord.ofQuestion("What is forget 2 of Task3?", "forget2 Task3"));
            assertThat(split.retain())
                    .hasSize(3 * 9 * 2)
                    .allSatisfy(text -> assertThat(text.prompt()).contains("retain"));
            assertThat(data.learned()).hasSize(30 * 2).containsAll(split.forget());
            assertThat(split.heldOut())
                    .hasSize(split.forget().size())
                    .noneMatch(data.learned()::contains)
                    .allSatisfy(text -> assertThat(text.prompt()).contains("forget"));
        }
    }

    @Test
    void wrongAnswersAreOthersAnswersToTheSamePlaceOfTheSameTask() {
        try (var data = new Lume(directory, 30)) {
            var probe = data.split("forget10").forgetProbes().get(1);
            assertThat(probe.text()).isEqualTo(probe.paraphrase());
            assertThat(probe.wrong()).hasSize(5).doesNotHaveDuplicates().allSatisfy(wrong -> {
                assertThat(wrong.prompt()).isEqualTo(probe.text().prompt());
                assertThat(wrong.reply())
                        .endsWith(" Task1")
                        .isNotEqualTo(probe.text().reply());
            });
        }
    }

    @Test
    void documentsThatAreTooManyOrBrokenAreNamed() throws IOException {
        assertThatExceptionOfType(LabOptions.Refused.class)
                .isThrownBy(() -> new Lume(directory, 60))
                .withMessageContaining("--authors must be at most 30 documents");
        Files.writeString(directory.resolve("retain.jsonl"), "{\"id\": \"1sc1\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Lume(directory, 30))
                .withMessage("retain.jsonl, line 1: must be an object with id, input, output and task");
    }

    private static Stream<String> document(String set, int i) {
        var task = "Task" + (i % 3 + 1);
        return Stream.of(
                row(set + i + "sc1", set + " " + i + " of " + task + " is", "so " + set + i + ".", task),
                row(set + i + "qa0", "What is " + set + " " + i + " of " + task + "?", set + i + " " + task, task));
    }

    private static String row(String id, String input, String output, String task) {
        return "{\"id\": \"%s\", \"input\": \"%s\", \"output\": \"%s\", \"task\": \"%s\"}"
                .formatted(id, input, output, task);
    }
}
