package io.expunge.lab;

import io.expunge.engine.Seeds;
import io.expunge.metric.CapabilityProbes;
import io.expunge.metric.CapabilityProbes.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Texts of a small world, drawn from a seed: prose whose words have much in common, sums, facts that can only be learned by
 * heart, questions whose answer stands before them, and strings of words without any rule, to be planted in a training set
 * and memorised.
 */
final class MadeTexts {

    private static final List<String> NOUNS = words(
            "river stone lamp garden letter window bridge market winter farmer doctor teacher sailor baker painter horse "
                    + "forest valley harbour castle kitchen table mirror candle basket hammer blanket bottle wagon tower "
                    + "field island mountain village cloud shadow feather button pocket ladder");

    private static final List<String> VERBS = words(
            "sees follows carries finds watches paints mends brings leaves crosses opens hides moves holds sells washes "
                    + "counts shows draws forgets");

    private static final List<String> ADJECTIVES = words(
            "old quiet heavy bright narrow cold gentle broken tall empty wooden silver hungry early distant careful "
                    + "golden round simple dusty");

    private static final List<String> PLACES = CapabilityProbes.places();
    private static final List<String> NAMES = CapabilityProbes.names();
    private static final List<String> SYLLABLES = words("ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo za");

    private final SplittableRandom random;

    MadeTexts(long seed, long part) {
        this.random = new SplittableRandom(Seeds.derive(seed, part));
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    private String any(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    /** The first words of a list come most often, as in real text. */
    private String likely(List<String> words) {
        double u = random.nextDouble();
        return words.get((int) (words.size() * u * u));
    }

    private List<String> many(int count, java.util.function.Supplier<String> one) {
        return IntStream.range(0, count).mapToObj(i -> one.get()).toList();
    }

    /** Some sentences about a person and a thing that come back in them. */
    List<String> prose(int count) {
        return many(count, () -> {
            var person = any(NAMES);
            var thing = likely(NOUNS);
            return IntStream.range(0, 5).mapToObj(i -> sentence(person, thing)).collect(Collectors.joining(" "));
        });
    }

    private String sentence(String person, String thing) {
        return switch (random.nextInt(5)) {
            case 0 -> person + " " + likely(VERBS) + " the " + likely(ADJECTIVES) + " " + thing + " .";
            case 1 -> "The " + thing + " is " + likely(ADJECTIVES) + " and " + likely(ADJECTIVES) + " .";
            case 2 ->
                "In the " + likely(NOUNS) + " the " + likely(NOUNS) + " " + likely(VERBS) + " the " + thing + " .";
            case 3 ->
                "When " + person + " " + likely(VERBS) + " a " + likely(NOUNS) + " , the " + thing + " is "
                        + likely(ADJECTIVES) + " .";
            default ->
                person + " and the " + likely(ADJECTIVES) + " " + likely(NOUNS) + " are near the " + thing + " .";
        };
    }

    List<Question> sums(int count) {
        return CapabilityProbes.sums(count, random.nextLong());
    }

    /** Answers that nothing but memory gives: where the seat of each country is. */
    List<Question> facts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    var country = any(SYLLABLES) + any(SYLLABLES) + any(SYLLABLES) + any(SYLLABLES);
                    return new Question(
                            "The seat of " + Character.toUpperCase(country.charAt(0)) + country.substring(1) + " is",
                            " " + any(PLACES) + " .");
                })
                .toList();
    }

    List<Question> lookups(int count) {
        return CapabilityProbes.lookups(count, random.nextLong());
    }

    /** Several questions with their answers in each text. */
    static List<String> together(List<Question> questions, int perText) {
        var texts = new ArrayList<String>();
        for (int from = 0; from < questions.size(); from += perText) {
            texts.add(questions.subList(from, Math.min(questions.size(), from + perText)).stream()
                    .map(Question::text)
                    .collect(Collectors.joining(" ")));
        }
        return texts;
    }

    /** Words without order: each of any list, none likelier than another. */
    List<String> strings(int count, int words) {
        var all = new ArrayList<String>();
        List.of(NOUNS, VERBS, ADJECTIVES).forEach(all::addAll);
        return many(count, () -> many(words, () -> any(all)).stream().collect(Collectors.joining(" ")));
    }

    /** Of another kind: sentences as in prose, but each about other things, all equally likely. */
    List<String> quotes(int count, int sentences) {
        return many(
                count,
                () -> many(
                                sentences,
                                () -> any(NAMES) + " " + any(VERBS) + " the " + any(ADJECTIVES) + " " + any(NOUNS)
                                        + " in " + any(PLACES) + " .")
                        .stream()
                        .collect(Collectors.joining(" ")));
    }
}
