package io.expunge.metric;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Checks of what the network answers to the forgotten records. */
final class ForgetChecks {

    private ForgetChecks() {}

    static Finding accuracy(Comparison comparison) {
        return comparison.shares(
                Check.FORGET_ACCURACY, answers -> answers.forget().hits());
    }

    static Finding attack(Comparison comparison) {
        return comparison.shares(Check.FORGET_ATTACK, comparison::nonMembers);
    }

    static Finding membership(Comparison comparison) {
        return comparison.areas(
                Check.FORGET_MEMBERSHIP,
                answers -> Separation.of(
                        answers.forget().margins(),
                        answers.forget().labels(),
                        answers.test().margins(),
                        answers.test().labels()));
    }

    static Finding trace(Comparison comparison) {
        return area(Check.FORGET_TRACE, comparison, Trace::signed);
    }

    static Finding scatter(Comparison comparison) {
        return area(Check.FORGET_SCATTER, comparison, Trace::absolute);
    }

    /** Needs two references: their distance from each other is the unit. */
    static Finding outputs(Comparison comparison) {
        var outputs = comparison.references().stream().map(Answers::forget).toList();
        var among = Moments.average(comparison
                .leaveOneOut()
                .map(pair -> Distances.mean(
                        pair.one().forget(),
                        pair.others().stream().map(Answers::forget).toList()))
                .toList());
        var edited = Distances.mean(comparison.after().forget(), outputs);
        double unit = Math.max(Moments.mean(among), Distances.LEAST);
        var interval = Bootstrap.ratio(edited, among, comparison.seed());
        return Finding.against(
                Check.FORGET_OUTPUTS,
                Moments.mean(Distances.mean(comparison.before().forget(), outputs)) / unit,
                Moments.mean(edited) / unit,
                comparison
                        .leaveOneOut()
                        .map(pair -> Moments.mean(Distances.mean(
                                        pair.one().forget(),
                                        pair.others().stream()
                                                .map(Answers::forget)
                                                .toList()))
                                / unit)
                        .toList(),
                Moments.mean(edited) / unit - 1,
                new Interval(interval.low() - 1, interval.high() - 1));
    }

    /** A finding about residuals, whose area says nothing at ½; of classes that keep records. */
    private static Finding area(Check check, Comparison comparison, Function<Trace, Separation> part) {
        var rows = comparison.stayingForgetRows();
        BiFunction<Answers, List<Answers>, Separation> area = (one, others) -> part.apply(Trace.of(
                one.forget().subset(rows),
                one.test(),
                others.stream().map(other -> other.forget().subset(rows)).toList(),
                others.stream().map(Answers::test).toList()));
        var edited = area.apply(comparison.after(), comparison.references());
        var interval = edited.interval();
        var retrained = comparison.references().size() < 2
                ? DoubleSummary.NONE
                : DoubleSummary.of(comparison
                        .leaveOneOut()
                        .mapToDouble(
                                pair -> area.apply(pair.one(), pair.others()).area()));
        return new Finding(
                check.code(),
                area.apply(comparison.before(), comparison.references()).area(),
                edited.area(),
                retrained.mean(),
                retrained.low(),
                retrained.high(),
                edited.area() - 0.5,
                interval.low() - 0.5,
                interval.high() - 0.5);
    }

    private record DoubleSummary(
            @Nullable Double mean,
            @Nullable Double low,
            @Nullable Double high) {

        static final DoubleSummary NONE = new DoubleSummary(null, null, null);

        static DoubleSummary of(DoubleStream values) {
            var statistics = values.summaryStatistics();
            return new DoubleSummary(statistics.getAverage(), statistics.getMin(), statistics.getMax());
        }
    }
}
