package io.expunge.evidence;

import io.expunge.api.DivergencePart;
import io.expunge.api.DivergencePrediction;
import io.expunge.api.DivergenceSummary;
import io.expunge.api.ForgettingQuality;
import io.expunge.metric.Divergence;
import org.jspecify.annotations.Nullable;

/** A divergence as the API has it. */
final class DivergencePresenter {

    private DivergencePresenter() {}

    static io.expunge.api.Divergence present(Divergence divergence) {
        var quality = divergence.forgetting();
        return new io.expunge.api.Divergence(
                        divergence.models(),
                        io.expunge.api.Divergence.MeasureEnum.fromValue(divergence.measure()),
                        divergence.parts().stream()
                                .map(DivergencePresenter::part)
                                .toList(),
                        new ForgettingQuality(quality.before(), quality.after(), quality.floor()))
                .prediction(prediction(divergence.prediction()))
                .modelsNeeded(divergence.modelsNeeded());
    }

    private static @Nullable DivergencePrediction prediction(Divergence.@Nullable Prediction prediction) {
        return prediction == null
                ? null
                : new DivergencePrediction(summary(prediction.divergence()), prediction.explained());
    }

    private static DivergencePart part(Divergence.Part part) {
        return new DivergencePart(
                DivergencePart.PointsEnum.fromValue(part.points()),
                part.count(),
                summary(part.before()),
                summary(part.after()),
                summary(part.floor()));
    }

    private static DivergenceSummary summary(io.expunge.metric.DivergenceSummary summary) {
        return new DivergenceSummary(summary.mean(), summary.low(), summary.high());
    }
}
