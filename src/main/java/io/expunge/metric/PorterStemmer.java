package io.expunge.metric;

import java.util.Map;
import java.util.function.Predicate;

/**
 * Strips English endings: Porter 1980, with the changes that NLTK makes by default, because rouge-score stems with NLTK.
 * Libraries for the JVM follow the paper or Porter's own later rules and give other stems for words such as "dying",
 * "dies" or "enjoy".
 */
final class PorterStemmer {

    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("skies", "sky"),
            Map.entry("sky", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("innings", "inning"),
            Map.entry("inning", "inning"),
            Map.entry("outings", "outing"),
            Map.entry("outing", "outing"),
            Map.entry("cannings", "canning"),
            Map.entry("canning", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    /** Steps 2 to 4: ending, then what takes its place; a longer ending stands before a shorter one inside it. */
    private static final String[][] DOUBLE_ENDINGS = {
        {"ational", "ate"},
        {"tional", "tion"},
        {"enci", "ence"},
        {"anci", "ance"},
        {"izer", "ize"},
        {"bli", "ble"},
        {"alli", "al"},
        {"fulli", "ful"},
        {"entli", "ent"},
        {"eli", "e"},
        {"ousli", "ous"},
        {"ization", "ize"},
        {"ation", "ate"},
        {"ator", "ate"},
        {"alism", "al"},
        {"iveness", "ive"},
        {"fulness", "ful"},
        {"ousness", "ous"},
        {"aliti", "al"},
        {"iviti", "ive"},
        {"biliti", "ble"}
    };

    private static final String[][] SINGLE_ENDINGS = {
        {"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""}
    };
    private static final String[][] LAST_ENDINGS = {
        {"al", ""}, {"ance", ""}, {"ence", ""}, {"er", ""}, {"ic", ""}, {"able", ""}, {"ible", ""}, {"ant", ""},
        {"ement", ""}, {"ment", ""}, {"ent", ""}, {"ion", ""}, {"ou", ""}, {"ism", ""}, {"ate", ""}, {"iti", ""},
        {"ous", ""}, {"ive", ""}, {"ize", ""}
    };

    private PorterStemmer() {}

    /** @param word lower case */
    static String stem(String word) {
        var irregular = IRREGULAR.get(word);
        if (irregular != null) {
            return irregular;
        }
        if (word.length() <= 2) {
            return word;
        }
        var stem = finalY(pastAndGerund(plural(word)));
        stem = replace(doubleEnding(stem), SINGLE_ENDINGS, rest -> measure(rest) > 0);
        return finalL(finalE(lastEnding(stem)));
    }

    private static String plural(String word) {
        if (word.endsWith("ies")) {
            return cut(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("sses")) {
            return cut(word, 2);
        }
        return word.endsWith("s") && !word.endsWith("ss") ? cut(word, 1) : word;
    }

    private static String pastAndGerund(String word) {
        if (word.endsWith("ied")) {
            return cut(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("eed")) {
            return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
        }
        int ending = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
        if (ending == 0 || !hasVowel(cut(word, ending))) {
            return word;
        }
        var rest = cut(word, ending);
        if (rest.endsWith("at") || rest.endsWith("bl") || rest.endsWith("iz")) {
            return rest + "e";
        }
        if (endsInDoubleConsonant(rest)) {
            return "lsz".indexOf(rest.charAt(rest.length() - 1)) < 0 ? cut(rest, 1) : rest;
        }
        return measure(rest) == 1 && endsShort(rest) ? rest + "e" : rest;
    }

    private static String finalY(String word) {
        int before = word.length() - 2;
        return word.endsWith("y") && before > 0 && consonant(word, before) ? cut(word, 1) + "i" : word;
    }

    private static String doubleEnding(String word) {
        if (word.endsWith("logi")) { // the l counts with the stem: geology as archaeology
            return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
        }
        if (word.endsWith("alli") && measure(cut(word, 4)) > 0) {
            return doubleEnding(cut(word, 2));
        }
        return replace(word, DOUBLE_ENDINGS, rest -> measure(rest) > 0);
    }

    private static String lastEnding(String word) {
        boolean ion = word.endsWith("ion");
        return replace(
                word, LAST_ENDINGS, rest -> measure(rest) > 1 && (!ion || rest.endsWith("s") || rest.endsWith("t")));
    }

    private static String finalE(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        var rest = cut(word, 1);
        int measure = measure(rest);
        return measure > 1 || (measure == 1 && !endsShort(rest)) ? rest : word;
    }

    private static String finalL(String word) {
        return word.endsWith("ll") && measure(cut(word, 1)) > 1 ? cut(word, 1) : word;
    }

    /** The first ending that fits decides, whether or not what is left of it may be changed. */
    private static String replace(String word, String[][] endings, Predicate<String> may) {
        for (var ending : endings) {
            if (word.endsWith(ending[0])) {
                var rest = cut(word, ending[0].length());
                return may.test(rest) ? rest + ending[1] : word;
            }
        }
        return word;
    }

    /** m in [C](VC)^m[V]. */
    private static int measure(String stem) {
        int measure = 0;
        for (int i = 1; i < stem.length(); i++) {
            measure += consonant(stem, i) && !consonant(stem, i - 1) ? 1 : 0;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        for (int i = 0; i < stem.length(); i++) {
            if (!consonant(stem, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsInDoubleConsonant(String word) {
        int last = word.length() - 1;
        return last > 0 && word.charAt(last) == word.charAt(last - 1) && consonant(word, last);
    }

    /** Consonant, vowel, consonant other than w, x, y; or a word of vowel and consonant alone. */
    private static boolean endsShort(String word) {
        int last = word.length() - 1;
        if (last < 1 || !consonant(word, last) || consonant(word, last - 1)) {
            return false;
        }
        return last == 1 || (consonant(word, last - 2) && "wxy".indexOf(word.charAt(last)) < 0);
    }

    private static boolean consonant(String word, int at) {
        return switch (word.charAt(at)) {
            case 'a', 'e', 'i', 'o', 'u' -> false;
            case 'y' -> at == 0 || !consonant(word, at - 1);
            default -> true;
        };
    }

    private static String cut(String word, int characters) {
        return word.substring(0, word.length() - characters);
    }
}
