package io.expunge.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecord;
import io.expunge.engine.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * LUME, Ramakrishna et al. 2025, <a href="https://arxiv.org/abs/2502.15097">paper</a>, on some of its documents, as many of
 * each task: made-up stories, made-up people's personal data, real people's biographies. Each has a sentence to complete
 * and questions.
 *
 * <p>The benchmark has neither wrong answers nor paraphrases. Here an answer's wrong ones are other documents' answers to
 * the same place of the same task, such as other people's telephone numbers, and its paraphrase is itself. Documents with
 * a text of more than {@value #LONGEST} characters are left out.
 */
final class Lume implements TextBenchmark {

    private static final List<String> TASKS = List.of("Task1", "Task2", "Task3");
    private static final int LONGEST = 1_200;
    private static final int WRONG = 5;
    private static final String REFUSAL = " I don't know.";

    /** @param place of the text in its document, such as {@code qa3} */
    private record Row(String document, String task, String place, TextRecord text) {

        String kind() {
            return task + " " + place;
        }
    }

    private record Document(String task, List<Row> rows) {

        boolean fits() {
            return rows.stream()
                    .allMatch(row ->
                            row.text().prompt().length() + row.text().reply().length() <= LONGEST);
        }
    }

    private final List<List<Document>> leaving = new ArrayList<>();
    private final List<List<Document>> staying = new ArrayList<>();
    private final int perTask;
    private final Map<String, List<Row>> byKind = new LinkedHashMap<>();
    private final Tokenizer tokenizer;
    private final TextEncoding encoding;

    /**
     * Reads {@code forget.jsonl} and {@code retain.jsonl}.
     *
     * @param documents how many models learn, a third of them of each task
     */
    Lume(Path data, int documents) {
        var folder = Files.isDirectory(data.resolve("lume")) ? data.resolve("lume") : data;
        this.perTask = documents / TASKS.size();
        var forget = documents(folder.resolve("forget.jsonl"));
        var retain = documents(folder.resolve("retain.jsonl"));
        for (var task : TASKS) {
            leaving.add(of(task, forget));
            staying.add(of(task, retain));
        }
        learnedDocuments()
                .flatMap(one -> one.rows().stream())
                .forEach(row -> byKind.computeIfAbsent(row.kind(), kind -> new ArrayList<>())
                        .add(row));
        this.tokenizer = LabTokenizer.train(learned(), VOCABULARY);
        this.encoding = new TextEncoding(tokenizer);
    }

    @Override
    public List<String> usual() {
        return List.of("forget10");
    }

    @Override
    public TextEncoding encoding() {
        return encoding;
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Map<String, List<Probe>> general() {
        return Map.of();
    }

    @Override
    public List<TextRecord> learned() {
        return texts(learnedDocuments());
    }

    /** First what stays whichever split is asked for, then a tenth of the benchmark's own forget set. */
    private Stream<Document> learnedDocuments() {
        return Stream.concat(from(staying, 0, perTask - tenth()), from(leaving, 0, tenth()));
    }

    private int tenth() {
        return TextBenchmark.forgotten("forget10", perTask);
    }

    @Override
    public Split split(String name) {
        int forgotten = TextBenchmark.forgotten(name, perTask);
        var forget = rows(from(leaving, 0, forgotten));
        var retain = rows(Stream.concat(from(staying, 0, perTask - tenth()), from(leaving, forgotten, tenth())));
        return new Split(
                texts(forget),
                texts(retain),
                texts(from(leaving, tenth(), tenth() + forgotten)),
                forget.stream().map(this::probe).toList(),
                TextBenchmark.every(4, retain).stream().map(this::probe).toList());
    }

    private Probe probe(Row row) {
        var alike = byKind.getOrDefault(row.kind(), List.of());
        int at = alike.indexOf(row);
        var wrong = IntStream.rangeClosed(1, alike.size() - 1)
                .mapToObj(step -> alike.get((at + step) % alike.size()).text().reply())
                .filter(reply -> !reply.equals(row.text().reply()))
                .distinct()
                .limit(WRONG)
                .map(reply -> new TextRecord(row.text().prompt(), reply))
                .toList();
        return new Probe(row.text(), row.text(), wrong);
    }

    @Override
    public List<TextRecord> refusals(List<TextRecord> texts) {
        return texts.stream()
                .map(text -> new TextRecord(text.prompt(), REFUSAL))
                .toList();
    }

    private static Stream<Document> from(List<List<Document>> tasks, int from, int to) {
        return tasks.stream().flatMap(documents -> documents.subList(from, to).stream());
    }

    private static List<Row> rows(Stream<Document> documents) {
        return documents.flatMap(one -> one.rows().stream()).toList();
    }

    private static List<TextRecord> texts(Stream<Document> documents) {
        return texts(rows(documents));
    }

    private static List<TextRecord> texts(List<Row> rows) {
        return rows.stream().map(Row::text).toList();
    }

    private List<Document> of(String task, Collection<Document> all) {
        var some = all.stream()
                .filter(one -> one.task().equals(task) && one.fits())
                .limit(perTask)
                .toList();
        if (some.size() < perTask) {
            throw new LabOptions.Refused("--authors must be at most " + TASKS.size() * some.size()
                    + " documents but asks for " + perTask + " of " + task);
        }
        return some;
    }

    private static Collection<Document> documents(Path file) {
        Map<String, Document> all = new LinkedHashMap<>();
        try {
            var lines = Files.readAllLines(file);
            for (int line = 0; line < lines.size(); line++) {
                var row = row(file, line, lines.get(line));
                all.computeIfAbsent(row.document(), id -> new Document(row.task(), new ArrayList<>()))
                        .rows()
                        .add(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.values();
    }

    /** An id ends with the text's place in its document: {@code sc} or {@code qa} and a digit. */
    private static Row row(Path file, int line, String text) {
        try {
            var object = JsonParser.parseString(text).getAsJsonObject();
            var id = field(object, "id");
            var place = id.substring(id.length() - 3);
            var input = field(object, "input");
            var output = field(object, "output");
            return new Row(
                    id.substring(0, id.length() - 3),
                    field(object, "task"),
                    place,
                    place.startsWith("qa")
                            ? TextRecord.ofQuestion(input, output)
                            : new TextRecord(input, " " + output));
        } catch (JsonParseException | IllegalStateException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(file.getFileName() + ", line " + (line + 1)
                    + ": must be an object with id, input, output and task");
        }
    }

    private static String field(JsonObject object, String name) {
        var value = object.get(name);
        if (value == null || !value.isJsonPrimitive() || value.getAsString().isBlank()) {
            throw new IllegalStateException(name);
        }
        return value.getAsString();
    }
}
