package io.expunge.run;

import io.expunge.catalog.TextSets;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Monitor;
import io.expunge.engine.Sequences;
import io.expunge.engine.Stopped;
import io.expunge.engine.TextGradients;
import io.expunge.influence.AnswerRemoval;
import io.expunge.method.DatamodelMatching;
import io.expunge.method.LanguageMethod;
import io.expunge.method.Teacher;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hipparchus.exception.MathIllegalArgumentException;
import org.springframework.stereotype.Component;

/** What {@link Predictions} is for classifiers: what a language model would say had it never learned from some of its texts. */
@Component
class TextPredictions {

    private static final int MOST_DIMENSIONS = 512;
    private static final int FEWEST_DIMENSIONS = 64;

    /** Numbers of the projected gradients. */
    private static final long BUDGET = 128_000_000;

    /** Of a gradient's entry with one of the projection: some half an hour of a few cores. */
    private static final double MOST_PRODUCTS = 5e13;

    /** Entries of the projection that are made: a quarter of an hour. */
    private static final double MOST_SIGNS = 3e11;

    private final AttributionSettings settings;

    TextPredictions(AttributionSettings settings) {
        this.settings = settings;
    }

    /**
     * What teaches a method, if it is one that is taught.
     *
     * @param data what the version learned, divided
     * @return targets of a model that learned all of {@code data}
     * @throws Unserved if the attribution cannot serve these records
     */
    Optional<Function<LanguageModel, Teacher>> lesson(LanguageMethod method, TextSets.Sets data, Monitor monitor) {
        if (!(method instanceof DatamodelMatching)) {
            return Optional.empty();
        }
        settings.requireFew(
                data.forget().size(), data.forget().size() + data.retain().size());
        return Optional.of(model -> byTrak(model, data, monitor));
    }

    /**
     * Of what stays, what the model says now: what leaving does to texts that stay is foretold too badly
     * (docs/attribution.md).
     */
    private static Teacher byTrak(LanguageModel model, TextSets.Sets data, Monitor monitor) {
        var predicted = predicted(model, data, monitor);
        return new Teacher() {
            @Override
            public float[][] onForget() {
                return Arrays.stream(predicted).map(float[]::clone).toArray(float[][]::new);
            }

            @Override
            public float[][] onRetain(int[] rows) {
                return model.logOdds(data.retain().sequences().subset(rows));
            }
        };
    }

    /** Log odds of the forgotten texts. */
    private static float[][] predicted(LanguageModel model, TextSets.Sets data, Monitor monitor) {
        var texts = new Sequences(Stream.of(data.forget(), data.retain())
                .flatMap(part -> part.sequences().all().stream())
                .toList());
        int leaving = data.forget().size();
        int dimensions = (int) Math.min(MOST_DIMENSIONS, BUDGET / (2L * texts.size()));
        double weights = model.size();
        if (dimensions < FEWEST_DIMENSIONS
                || weights * texts.size() * dimensions > MOST_PRODUCTS
                || weights * dimensions * TextGradients.passes(model, texts.size()) > MOST_SIGNS) {
            throw new Unserved("projects the gradient of every text, and the version has too many for its size");
        }
        try {
            var removal = new AnswerRemoval(model, texts, data.test().sequences(), dimensions, 1, () -> {
                if (monitor.stopRequested()) {
                    throw new Stopped(0);
                }
            });
            var odds = removal.without(IntStream.range(0, leaving).toArray());
            var predicted = new float[leaving][];
            for (int i = 0; i < leaving; i++) {
                predicted[i] = new float[] {odds[i]};
                if (!Float.isFinite(odds[i])) {
                    throw new Unserved("predicts what is not a finite number for these records");
                }
            }
            return predicted;
        } catch (MathIllegalArgumentException e) {
            throw new Unserved("predicts by TRAK, whose system has no solution for these records");
        }
    }
}
