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
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * TOFU, Maini et al. 2024, <a href="https://arxiv.org/abs/2401.06121">paper</a>, on some of its authors: the last tenth of
 * them are the benchmark's own last ones, all of whom stand in {@code forget10}; the others are its first ones.
 */
final class TofuData implements AutoCloseable {

    static final List<String> SPLITS = List.of("forget01", "forget05", "forget10");
    static final int VOCABULARY = 4096;

    private static final int PAIRS = 20;

    /**
     * A question with what the truth ratio asks about.
     *
     * @param paraphrase of the answer; the answer itself where there is none
     * @param wrong answers
     */
    record Probe(TextRecord text, TextRecord paraphrase, List<TextRecord> wrong) {}

    /**
     * What is forgotten and what stays.
     *
     * @param heldOut texts of authors whom no model learned, as many as are forgotten
     * @param forgetProbes one for each of {@code forget}
     * @param retainProbes of some that stay
     */
    record Split(
            List<TextRecord> forget,
            List<TextRecord> retain,
            List<TextRecord> heldOut,
            List<Probe> forgetProbes,
            List<Probe> retainProbes) {}

    private final List<TextRecord> full;
    private final List<Probe> forgetProbes;
    private final List<Probe> retainProbes;
    private final List<String> refusals;
    private final int authors;
    private final Tokenizer tokenizer;
    private final TextEncoding encoding;

    final List<Probe> realAuthors;
    final List<Probe> worldFacts;

    TofuData(Path data, int authors) {
        var folder = Files.isDirectory(data.resolve("tofu")) ? data.resolve("tofu") : data;
        this.full = QuestionFile.read(folder.resolve("full.json")).stream()
                .map(QuestionFile.Question::text)
                .toList();
        this.authors = authors;
        this.forgetProbes = probes(folder.resolve("forget10_perturbed.json"));
        this.retainProbes = probes(folder.resolve("retain_perturbed.json"));
        this.refusals = lines(folder.resolve("idontknow.jsonl"));
        this.realAuthors = probes(folder.resolve("real_authors_perturbed.json"));
        this.worldFacts = probes(folder.resolve("world_facts_perturbed.json"));
        this.tokenizer = LabTokenizer.train(learned(), VOCABULARY);
        this.encoding = new TextEncoding(tokenizer);
    }

    TextEncoding encoding() {
        return encoding;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** What the original models learn. */
    List<TextRecord> learned() {
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

    /** @param name of {@link #SPLITS} */
    Split split(String name) {
        int percent = Integer.parseInt(name.substring("forget".length()));
        int forgotten = Math.max(1, Math.round(authors * percent / 100f));
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
                every(
                        4,
                        retainProbes.stream()
                                .filter(probe -> retain.contains(probe.text()))
                                .toList()));
    }

    /** For each of {@code texts} its prompt with one of the benchmark's refusals, in turn. */
    List<TextRecord> refusals(List<TextRecord> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new TextRecord(texts.get(i).prompt(), " " + refusals.get(i % refusals.size())))
                .toList();
    }

    private static <T> List<T> every(int stride, List<T> all) {
        return IntStream.range(0, all.size())
                .filter(i -> i % stride == 0)
                .mapToObj(all::get)
                .toList();
    }

    private static List<Probe> probes(Path file) {
        return lines(file).stream().map(TofuData::probe).toList();
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

    @Override
    public void close() {
        tokenizer.close();
    }
}
