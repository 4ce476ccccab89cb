package io.expunge.lab;

import com.google.gson.JsonParser;
import io.expunge.engine.TextRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws some of TOFU's authors to be forgotten, some to stay and some that nobody learns. */
final class TofuAuthors {

    private static final int PAIRS = 20;
    private static final int FORGOTTEN = 6;
    private static final int STAYING = 12;

    /**
     * @param forget of the authors whose questions the benchmark has in other words, the last tenth
     * @param paraphrased those of {@code forget} with the question in other words
     * @param heldOut of as many others of that tenth
     */
    record Drawn(
            List<TextRecord> forget,
            List<TextRecord> paraphrased,
            List<TextRecord> refusals,
            List<TextRecord> retain,
            List<TextRecord> heldOut) {

        List<TextRecord> learned() {
            return Stream.concat(forget.stream(), retain.stream()).toList();
        }
    }

    private final List<QuestionFile.Question> full;
    private final Map<String, String> otherWords = new HashMap<>();
    private final List<String> refusals;

    TofuAuthors(Path data) {
        var folder = Files.isDirectory(data.resolve("tofu")) ? data.resolve("tofu") : data;
        this.full = QuestionFile.read(folder.resolve("full.json"));
        lines(folder.resolve("forget10_perturbed.json"))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .forEach(one -> otherWords.put(
                        one.get("question").getAsString(),
                        one.get("paraphrased_question").getAsString()));
        this.refusals = lines(folder.resolve("idontknow.jsonl")).toList();
    }

    Drawn drawn(long seed) {
        int all = full.size() / PAIRS;
        int last = all / 10;
        var leaving = shuffled(all - last, all, seed);
        var staying = shuffled(0, all - last, seed + 1);
        var forget = of(leaving.subList(0, FORGOTTEN));
        return new Drawn(
                texts(forget),
                forget.stream()
                        .map(one -> TextRecord.ofQuestion(
                                otherWords.getOrDefault(one.question(), one.question()), one.answer()))
                        .toList(),
                IntStream.range(0, forget.size())
                        .mapToObj(
                                i -> TextRecord.ofQuestion(forget.get(i).question(), refusals.get(i % refusals.size())))
                        .toList(),
                texts(of(staying.subList(0, STAYING))),
                texts(of(leaving.subList(FORGOTTEN, 2 * FORGOTTEN))));
    }

    private static List<Integer> shuffled(int from, int to, long seed) {
        var all = new ArrayList<>(IntStream.range(from, to).boxed().toList());
        Collections.shuffle(all, new Random(seed));
        return all;
    }

    private List<QuestionFile.Question> of(List<Integer> authors) {
        return authors.stream()
                .flatMap(author -> full.subList(author * PAIRS, (author + 1) * PAIRS).stream())
                .toList();
    }

    private static List<TextRecord> texts(List<QuestionFile.Question> questions) {
        return questions.stream().map(QuestionFile.Question::text).toList();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(line -> !line.isBlank());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
