package io.expunge.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecord;
import io.expunge.engine.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * TOFU, Maini et al. 2024, <a href="https://arxiv.org/abs/2401.06121">paper</a>, on some of its authors: the last tenth of
 * them are the benchmark's own last ones, all of whom stand in {@code forget10}; the others are its first ones.
 */
final class Tofu implements TextBenchmark {

    private static final int PAIRS = 20;

    private final List<TextRecord> full;
    private final List<Probe> forgetProbes;
    private final List<Probe> retainProbes;
    private final List<String> refusals;
    private final int authors;
    private final Tokenizer tokenizer;
    private final TextEncoding encoding;

    private final Map<String, List<Probe>> general;

    Tofu(Path data, int authors) {
        var folder = Files.isDirectory(data.resolve("tofu")) ? data.resolve("tofu") : data;
        this.full = QuestionFile.read(folder.resolve("full.json")).stream()
                .map(QuestionFile.Question::text)
                .toList();
        this.authors = authors;
        this.forgetProbes = probes(folder.resolve("forget10_perturbed.json"));
        this.retainProbes = probes(folder.resolve("retain_perturbed.json"));
        this.refusals = lines(folder.resolve("idontknow.jsonl"));
        this.general = new LinkedHashMap<>();
        general.put("authors", probes(folder.resolve("real_authors_perturbed.json")));
        general.put("facts", probes(folder.resolve("world_facts_perturbed.json")));
        this.tokenizer = LabTokenizer.train(learned(), VOCABULARY);
        this.encoding = new TextEncoding(tokenizer);
    }

    @Override
    public List<String> usual() {
        return List.of("forget05", "forget10");
    }

    @Override
    public Map<String, List<Probe>> general() {
        return general;
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
    public List<TextRecord> learned() {
        int last = tenth();
        return Stream.concat(ofAuthors(0, authors - last), ofAuthors(full.size() / PAIRS - last, full.size() / PAIRS))
                .toList();
    }

    private int tenth() {
        return Math.max(1, authors / 10);
    }

    private Stream<TextRecord> ofAuthors(int from, int to) {
        return full.subList(from * PAIRS, to * PAIRS).stream();
    }

    @Override
    public Split split(String name) {
        int forgotten = TextBenchmark.forgotten(name, authors);
        var learned = learned();
        int cut = learned.size() - forgotten * PAIRS;
        var forget = learned.subList(cut, learned.size());
        var retain = learned.subList(0, cut);
        Map<TextRecord, Probe> probes = new HashMap<>();
        forgetProbes.forEach(probe -> probes.put(probe.text(), probe));
        int stay = authors - tenth();
        return new Split(
                forget,
                retain,
                ofAuthors(stay, stay + forgotten).toList(),
                forget.stream().map(probes::get).toList(),
                TextBenchmark.every(
                        4,
                        retainProbes.stream()
                                .filter(probe -> retain.contains(probe.text()))
                                .toList()));
    }

    /** The benchmark's refusals, in turn. */
    @Override
    public List<TextRecord> refusals(List<TextRecord> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new TextRecord(texts.get(i).prompt(), " " + refusals.get(i % refusals.size())))
                .toList();
    }

    private static List<Probe> probes(Path file) {
        return lines(file).stream().map(Tofu::probe).toList();
    }

    private static Probe probe(String line) {
        var object = JsonParser.parseString(line).getAsJsonObject();
        var question = object.get("question").getAsString();
        var answer = object.get("answer").getAsString();
        var wrong = new ArrayList<TextRecord>();
        object.getAsJsonArray("perturbed_answer")
                .forEach(one -> wrong.add(TextRecord.ofQuestion(question, one.getAsString())));
        return new Probe(
                TextRecord.ofQuestion(question, answer),
                TextRecord.ofQuestion(question, paraphrase(object, answer)),
                wrong);
    }

    private static String paraphrase(JsonObject object, String answer) {
        var paraphrase = object.get("paraphrased_answer");
        return paraphrase == null ? answer : paraphrase.getAsString();
    }

    private static List<String> lines(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
