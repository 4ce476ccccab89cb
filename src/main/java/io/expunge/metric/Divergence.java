package io.expunge.metric;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far edited networks are from retrained ones as distributions, beside how far retrained ones are from each other.
 *
 * @param models N: networks edited by the method, each from a training of its own, against as many retrained ones
 * @param measure {@code histogram} for KLoM, or {@code moments} for its form for few networks, see {@link MarginDivergence}
 * @param parts forgotten records, records that stay, held-out records
 * @param forgetting the forgetting quality, see {@link ForgettingQuality}
 * @param prediction what an attribution foretold of the forgotten records; null where the method uses none
 * @param parent {@link Check#FORGET_KLOM} with the unedited networks in the edited ones' place: where it does not fail, N is
 *     too small to tell forgetting from not forgetting
 * @param modelsNeeded about how many networks a side would tell the unedited ones from retrained ones; null where no number
 *     can be given
 */
public record Divergence(
        int models,
        String measure,
        List<Part> parts,
        Quality forgetting,
        @Nullable Prediction prediction,
        Finding parent,
        @Nullable Integer modelsNeeded) {

    /**
     * A prediction that explains less of the way is not to be trusted. TRAK and datamodels explained 70 to 85 % of it where
     * they served, and next to nothing, or less than nothing, where they did not.
     */
    static final double LEAST_EXPLAINED = 0.5;

    public Divergence {
        parts = List.copyOf(parts);
    }

    /**
     * One kind of points.
     *
     * @param points {@code forget}, {@code retain} or {@code test}
     * @param count how many points were looked at
     * @param before of the unedited networks from retrained ones, in nats
     * @param after of the edited networks
     * @param floor of retrained networks from other retrained ones
     */
    public record Part(
            String points, int count, DivergenceSummary before, DivergenceSummary after, DivergenceSummary floor) {}

    /**
     * One score of the three sides.
     *
     * @param before of the unedited networks
     * @param after of the edited ones
     * @param floor of retrained ones against others
     */
    public record Quality(double before, double after, double floor) {}

    /**
     * What the margins of the forgotten records would have been, foretold before any edit, against retrained networks.
     *
     * @param divergence of the predictions, one for each network, from retrained networks
     * @param explained share of the way from the unedited networks' mean margins to the retrained ones' that the mean
     *     prediction explains, over squares; 1 is all, and it has no lower end
     */
    public record Prediction(DivergenceSummary divergence, double explained) {}

    /** Why nothing follows from the edited networks' divergence; empty where something does. */
    String weakness(Thresholds thresholds) {
        if (Judgement.of(parent, thresholds).outcome() == Outcome.FAILED) {
            return "";
        }
        return "with " + models
                + " networks a side, those that were not edited at all cannot be told from retrained ones"
                + " on the forgotten records, so the divergence of the edited ones shows nothing"
                + (modelsNeeded == null ? "" : "; about " + modelsNeeded + " a side would do");
    }

    /**
     * What is to be told of the prediction that taught the method, whatever the verdict; empty where nothing is. Where the
     * unedited networks cannot be told from retrained ones there was next to no way to explain.
     */
    String caution(Thresholds thresholds) {
        if (prediction == null
                || prediction.explained() >= LEAST_EXPLAINED
                || Judgement.of(parent, thresholds).outcome() != Outcome.FAILED) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "warning: the attribution that taught the method foretold %.0f %% of the way of the forgotten records from"
                        + " unedited to retrained networks, less than the %.0f %% from which a prediction is trusted, so"
                        + " the outputs were matched to targets that retraining would not have",
                100 * Math.max(0, prediction.explained()),
                100 * LEAST_EXPLAINED);
    }
}
