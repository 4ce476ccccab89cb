package io.expunge.metric;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

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
        return comparison.areas(Check.FORGET_MEMBERSHIP, ForgetChecks::population);
    }

    /** The population attack on one network. */
    static Separation population(Answers answers) {
        return Separation.of(
                answers.forget().margins(),
                answers.forget().labels(),
                answers.test().margins(),
                answers.test().labels());
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
        return Finding.ofDistances(
                Check.FORGET_OUTPUTS,
                Distances.mean(comparison.before().forget(), outputs),
                Distances.mean(comparison.after().forget(), outputs),
                comparison
                        .leaveOneOut()
                        .map(pair -> Distances.mean(
                                pair.one().forget(),
                                pair.others().stream().map(Answers::forget).toList()))
                        .toList(),
                1,
                comparison.seed());
    }

    /**
     * A finding about residuals, of classes that keep records. Each reference is held against the others, the edited
     * network against all: with forgotten records unlike any other, retrained networks scatter over them too.
     */
    private static Finding area(Check check, Comparison comparison, Function<Trace, Separation> part) {
        var kept = comparison.stayingForgetRows();
        var hardest = Trace.Hardest.of(forget(comparison.references(), kept), test(comparison.references()));
        BiFunction<Answers, List<Answers>, Separation> area = (one, others) -> part.apply(
                Trace.of(hardest, one.forget().subset(kept), one.test(), forget(others, kept), test(others)));
        var before = area.apply(comparison.before(), comparison.references());
        var edited = area.apply(comparison.after(), comparison.references());
        if (comparison.references().size() < 2) {
            return Finding.alone(check, before.area(), edited.area(), 0.5, edited.interval());
        }
        var retrained = comparison
                .leaveOneOut()
                .map(pair -> area.apply(pair.one(), pair.others()))
                .toList();
        return Finding.ofAreas(check, before, edited, retrained);
    }

    private static List<Outputs> forget(List<Answers> all, int[] rows) {
        return all.stream().map(one -> one.forget().subset(rows)).toList();
    }

    private static List<Outputs> test(List<Answers> all) {
        return all.stream().map(Answers::test).toList();
    }
}
