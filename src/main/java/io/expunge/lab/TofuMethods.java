package io.expunge.lab;

import io.expunge.engine.Precision;
import io.expunge.engine.TextRecipe;
import io.expunge.method.AutomaticPreference;
import io.expunge.method.LanguageAscent;
import io.expunge.method.LanguageMethod;
import io.expunge.method.Misdirection;
import io.expunge.method.NegativePreference;
import io.expunge.method.RefusalPreference;
import io.expunge.method.Retention;
import io.expunge.method.Retention.Kind;
import io.expunge.method.SimpleNegativePreference;
import java.util.List;

/** The methods of the table. All but the step size is as in the papers; that is chosen with another seed's models. */
final class TofuMethods {

    /** Step sizes that are tried. */
    static final List<Double> RATES = List.of(3e-5, 1e-4, 3e-4, 1e-3);

    /** As in the papers. */
    private static final double BETA = 0.1;

    private static final Retention CROSS_ENTROPY = new Retention(Kind.CROSS_ENTROPY, 1);

    private TofuMethods() {}

    /** Rows that are edits. */
    static boolean edits(String row) {
        return !List.of("original", "retrain", "null").contains(row);
    }

    static LanguageMethod of(String row, double rate, long seed) {
        return switch (row) {
            case "ga" -> new LanguageAscent(1, Retention.NONE, recipe(rate), seed);
            case "graddiff" -> new LanguageAscent(1, CROSS_ENTROPY, recipe(rate), seed);
            case "npo" -> new NegativePreference(BETA, 1, Retention.NONE, recipe(rate), seed);
            case "npo-rt" -> preference(rate, seed);
            case "npo-kl" -> new NegativePreference(BETA, 1, new Retention(Kind.DIVERGENCE, 1), recipe(rate), seed);
            case "simnpo" -> new SimpleNegativePreference(2.5, 0, 0.125, CROSS_ENTROPY, recipe(rate), seed);
            case "idkdpo" -> new RefusalPreference(BETA, 1, CROSS_ENTROPY, recipe(rate), seed);
            case "rmu" -> new Misdirection(1, 6.5, 1200, recipe(rate), seed);
            case "auto" -> new AutomaticPreference(6, 0.95, preference(rate, seed));
            default -> throw new IllegalArgumentException("there is no row " + row);
        };
    }

    private static NegativePreference preference(double rate, long seed) {
        return new NegativePreference(BETA, 1, CROSS_ENTROPY, recipe(rate), seed);
    }

    private static TextRecipe recipe(double learningRate) {
        return new TextRecipe(10, 16, learningRate, 0.01, 0.1, 1, 1 << 14, Precision.FP32);
    }
}
