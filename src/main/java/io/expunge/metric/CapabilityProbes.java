package io.expunge.metric;

import io.expunge.engine.LanguageModel;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Questions of the project's own that tell what an edit costs beside what it is for: sums, facts that a model has by heart or
 * not, and facts that stand in the question. Each has one answer, which counts where all of its tokens are the likeliest.
 */
public final class CapabilityProbes {

    /** A question; the answer begins with a blank and follows the prompt. */
    public record Question(String prompt, String answer) {

        /** Both as one text. */
        public String text() {
            return prompt + answer;
        }
    }

    private static final int LARGEST_TERM = 20;
    private static final int ASKED = 200;

    private static final List<String> NAMES =
            words("Anna Boris Clara David Elena Frank Greta Hugo Irene Jonas Karin Leon Marta Nils Olga Peter");

    private static final List<String> PLACES = words(
            "Arden Belmar Corvo Delling Estre Falun Gorsk Halden Ister Jarrow Kolm Lerwick Mosel Narva Orlen Pavia Quern "
                    + "Rostal Selby Turin Ulvik Varese Wexford Yarrow");

    /** Country and capital, one after the other. */
    private static final List<String> CAPITALS = words(
            "France Paris Germany Berlin Italy Rome Spain Madrid Portugal Lisbon Austria Vienna Greece Athens Poland Warsaw "
                    + "Hungary Budapest Norway Oslo Sweden Stockholm Finland Helsinki Denmark Copenhagen Ireland "
                    + "Dublin Belgium Brussels Russia Moscow Ukraine Kyiv Turkey Ankara Egypt Cairo Kenya Nairobi "
                    + "Japan Tokyo China Beijing Thailand Bangkok Vietnam Hanoi Iran Tehran Iraq Baghdad Canada "
                    + "Ottawa Cuba Havana Peru Lima Chile Santiago Australia Canberra Romania Bucharest Bulgaria "
                    + "Sofia Serbia Belgrade Croatia Zagreb Iceland Reykjavik Nigeria Abuja Ghana Accra Nepal "
                    + "Kathmandu Syria Damascus");

    private CapabilityProbes() {}

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    /** Names of people that questions are about. */
    public static List<String> names() {
        return NAMES;
    }

    /** Names of places that questions are about. */
    public static List<String> places() {
        return PLACES;
    }

    /** Sums of two numbers from 0 to {@value #LARGEST_TERM}. */
    public static List<Question> sums(int count, long seed) {
        var random = new SplittableRandom(seed);
        var all = new ArrayList<Question>();
        for (int i = 0; i < count; i++) {
            int a = random.nextInt(LARGEST_TERM + 1);
            int b = random.nextInt(LARGEST_TERM + 1);
            all.add(new Question("The sum of " + a + " and " + b + " is", " " + (a + b) + " ."));
        }
        return all;
    }

    /** Where a person lives, of two whose homes are told before. */
    public static List<Question> lookups(int count, long seed) {
        var random = new SplittableRandom(seed);
        var all = new ArrayList<Question>();
        for (int i = 0; i < count; i++) {
            int first = random.nextInt(NAMES.size());
            int second = (first + 1 + random.nextInt(NAMES.size() - 1)) % NAMES.size();
            var here = PLACES.get(random.nextInt(PLACES.size()));
            var there = PLACES.get(random.nextInt(PLACES.size()));
            boolean ofFirst = random.nextBoolean();
            all.add(new Question(
                    NAMES.get(first) + " lives in " + here + " . " + NAMES.get(second) + " lives in " + there
                            + " . The home of " + NAMES.get(ofFirst ? first : second) + " is",
                    " " + (ofFirst ? here : there) + " ."));
        }
        return all;
    }

    /** Capitals of countries. */
    public static List<Question> capitals() {
        var all = new ArrayList<Question>();
        for (int i = 0; i < CAPITALS.size(); i += 2) {
            all.add(new Question("The capital of " + CAPITALS.get(i) + " is", " " + CAPITALS.get(i + 1) + "."));
        }
        return all;
    }

    /** Sequences of the battery's sums, capitals and lookups, in the order of their checks. */
    static List<Sequences> of(TextEncoding encoding, long seed) {
        return List.of(
                encode(encoding, sums(ASKED, Seeds.derive(seed, 0))),
                encode(encoding, capitals()),
                encode(encoding, lookups(ASKED, Seeds.derive(seed, 1))));
    }

    /** Questions with their answers to be predicted. */
    public static Sequences encode(TextEncoding encoding, List<Question> questions) {
        return encoding.encode(questions.stream()
                .map(question -> new TextRecord(question.prompt(), question.answer()))
                .toList());
    }

    /**
     * By question, 1 where the answer is given and 0 where not; the end of the text behind it does not count.
     *
     * @param questions as {@link #encode} gives them
     */
    public static double[] right(LanguageModel model, Sequences questions) {
        return model.score(questions).stream()
                .mapToDouble(score -> {
                    boolean all = true;
                    for (int i = 0; i < score.right().length - 1; i++) {
                        all &= score.right()[i];
                    }
                    return all ? 1 : 0;
                })
                .toArray();
    }
}
