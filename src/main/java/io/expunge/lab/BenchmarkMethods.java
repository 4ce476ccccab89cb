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
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The methods of the table, each in four settings of which one is chosen with another seed's models. */
final class BenchmarkMethods {

    private static final int TRIALS = 10;
    private static final Retention CROSS_ENTROPY = new Retention(Kind.CROSS_ENTROPY, 1);

    private BenchmarkMethods() {}

    /** Rows that are edits. */
    static boolean edits(String row) {
        return !List.of("original", "retrain", "null").contains(row);
    }

    /** Settings of a row, always in one order; {@code auto} has one, where its own search begins. */
    static List<LanguageMethod> settings(String row, long seed) {
        return switch (row) {
            case "ga" -> rates(rate -> new LanguageAscent(1, Retention.NONE, recipe(rate), seed));
            case "graddiff" -> rates(rate -> new LanguageAscent(1, CROSS_ENTROPY, recipe(rate), seed));
            case "npo" -> rates(rate -> new NegativePreference(0.1, 1, Retention.NONE, recipe(rate), seed));
            case "npo-rt" -> preferences(Kind.CROSS_ENTROPY, seed);
            case "npo-kl" -> preferences(Kind.DIVERGENCE, seed);
            case "simnpo" ->
                rates(rate -> new SimpleNegativePreference(2.5, 0, 0.125, CROSS_ENTROPY, recipe(rate), seed));
            case "idkdpo" -> rates(rate -> new RefusalPreference(0.1, 1, CROSS_ENTROPY, recipe(rate), seed));
            case "rmu" -> rates(rate -> new Misdirection(1, 6.5, 1200, recipe(rate), seed));
            case "auto" ->
                List.of(new AutomaticPreference(
                        TRIALS,
                        0.95,
                        new NegativePreference(0.1, 1, new Retention(Kind.CROSS_ENTROPY, 30), recipe(1e-3), seed)));
            default -> throw new IllegalArgumentException("there is no row " + row);
        };
    }

    private static List<LanguageMethod> rates(DoubleFunction<LanguageMethod> of) {
        return DoubleStream.of(3e-5, 1e-4, 3e-4, 1e-3).mapToObj(of).toList();
    }

    /**
     * The papers' β and smaller ones: NPO's gradient fades once an answer is 1/β nats less probable than before, and
     * retraining makes an answer that a small model has by heart some hundred nats less probable.
     */
    private static List<LanguageMethod> preferences(Kind kind, long seed) {
        return Stream.of(
                        new double[] {0.1, 1, 3e-4},
                        new double[] {0.05, 30, 1e-3},
                        new double[] {0.03, 30, 1e-3},
                        new double[] {0.02, 100, 1e-3})
                .<LanguageMethod>map(setting -> new NegativePreference(
                        setting[0], 1, new Retention(kind, setting[1]), recipe(setting[2]), seed))
                .toList();
    }

    private static TextRecipe recipe(double learningRate) {
        return new TextRecipe(10, 16, learningRate, 0.01, 0.1, 1, 1 << 14, Precision.FP32);
    }
}
