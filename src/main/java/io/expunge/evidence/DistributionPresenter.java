package io.expunge.evidence;

import io.expunge.api.RocPoint;
import io.expunge.metric.Distributions;
import io.expunge.metric.Histogram;
import io.expunge.metric.RocCurve;
import java.util.Locale;

/** Distributions as the API has them. */
final class DistributionPresenter {

    private DistributionPresenter() {}

    static io.expunge.api.Distributions present(Distributions distributions) {
        return new io.expunge.api.Distributions(
                io.expunge.api.Distributions.QuantityEnum.fromValue(name(distributions.quantity())),
                Histogram.LEAST_RECORDS,
                Histogram.LEAST_IN_BIN,
                distributions.histograms().stream()
                        .map(DistributionPresenter::histogram)
                        .toList(),
                distributions.curves().stream()
                        .map(DistributionPresenter::curve)
                        .toList());
    }

    private static io.expunge.api.Histogram histogram(Distributions.Distribution one) {
        return new io.expunge.api.Histogram(
                io.expunge.api.Histogram.PartEnum.fromValue(name(one.part())),
                io.expunge.api.Histogram.ModelEnum.fromValue(name(one.of())),
                one.models(),
                one.records(),
                one.histogram().withheld(),
                one.histogram().edges(),
                one.histogram().counts());
    }

    private static io.expunge.api.RocCurve curve(RocCurve one) {
        return new io.expunge.api.RocCurve(
                one.check(),
                io.expunge.api.RocCurve.ModelEnum.fromValue(name(one.of())),
                one.models(),
                one.area(),
                one.low(),
                one.high(),
                one.members(),
                one.points().isEmpty(),
                one.points().stream()
                        .map(point -> new RocPoint(point.falseRate(), point.rate()))
                        .toList());
    }

    private static String name(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
