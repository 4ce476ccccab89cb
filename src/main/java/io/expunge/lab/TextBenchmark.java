package io.expunge.lab;

import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecord;
import io.expunge.engine.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Texts of a benchmark with a tokenizer that was trained on them. */
interface TextBenchmark extends AutoCloseable {

    /** Shares of the documents to forget, in per cent. */
    List<String> SPLITS = List.of("forget01", "forget05", "forget10");

    int VOCABULARY = 4096;

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
     * @param heldOut texts that no model learned, as many as are forgotten
     * @param forgetProbes one for each of {@code forget}
     * @param retainProbes of some that stay
     */
    record Split(
            List<TextRecord> forget,
            List<TextRecord> retain,
            List<TextRecord> heldOut,
            List<Probe> forgetProbes,
            List<Probe> retainProbes) {}

    /** Splits that are measured when none is asked for. */
    List<String> usual();

    TextEncoding encoding();

    Tokenizer tokenizer();

    /** What the original models learn. */
    List<TextRecord> learned();

    /** What is forgotten and what stays of {@link #learned()}; {@code name} is one of {@link #SPLITS}. */
    Split split(String name);

    /** For each of {@code texts} its prompt with a refusal. */
    List<TextRecord> refusals(List<TextRecord> texts);

    /** Questions with options about what none of the texts tells, by name. */
    Map<String, List<Probe>> general();

    /** How many of {@code documents} a split forgets. */
    static int forgotten(String split, int documents) {
        int percent = Integer.parseInt(split.substring("forget".length()));
        return Math.max(1, Math.round(documents * percent / 100f));
    }

    /** Every {@code stride}-th of {@code all}, beginning with the first. */
    static <T> List<T> every(int stride, List<T> all) {
        return IntStream.range(0, all.size())
                .filter(i -> i % stride == 0)
                .mapToObj(all::get)
                .toList();
    }

    @Override
    default void close() {
        tokenizer().close();
    }
}
