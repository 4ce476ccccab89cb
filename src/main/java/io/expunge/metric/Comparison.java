package io.expunge.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The edited network, its parent and the retrained references, asked the same.
 *
 * @param attacked answers of the confidence attack, filled on the way
 */
record Comparison(Answers before, Answers after, List<Answers> references, long seed, Map<Answers, double[]> attacked)
        implements Survey {

    /** Fewer records than this cannot be told apart by any area or share. */
    private static final int LEAST_RECORDS = 4;

    /** Classes of which no record stays, ascending. */
    int[] goneClasses() {
        var staying = after.retain().labels();
        Arrays.sort(staying);
        return Arrays.stream(after.forget().labels())
                .distinct()
                .filter(label -> Arrays.binarySearch(staying, label) < 0)
                .sorted()
                .toArray();
    }

    /** Rows of the held-out records whose class has records that stay. */
    int[] stayingTestRows() {
        var staying = Arrays.stream(after.retain().labels()).distinct().sorted().toArray();
        return Rows.ofClasses(after.test().labels(), staying);
    }

    /** Rows of the forgotten records whose class has records that stay. */
    int[] stayingForgetRows() {
        var staying = Arrays.stream(after.retain().labels()).distinct().sorted().toArray();
        return Rows.ofClasses(after.forget().labels(), staying);
    }

    /** Each reference together with all the others. */
    Stream<Others> leaveOneOut() {
        return IntStream.range(0, references.size()).mapToObj(left -> {
            var others = new ArrayList<>(references);
            return new Others(others.remove(left), others);
        });
    }

    /** What the confidence attack takes for unseen, kept because training it is the dearest part of all. */
    double[] nonMembers(Answers answers) {
        return attacked.computeIfAbsent(
                answers,
                one -> ConfidenceAttack.train(one.retain(), one.test(), seed).nonMembers(one.forget()));
    }

    /** A finding about shares of records, hits or the like, over the same records of all networks. */
    Finding shares(Check check, Function<Answers, double[]> shares) {
        return Finding.ofShares(
                check,
                shares.apply(before),
                shares.apply(after),
                references.stream().map(shares).toList());
    }

    /** A finding about an area under a ROC curve. */
    Finding areas(Check check, Function<Answers, Separation> separation) {
        return Finding.ofAreas(
                check,
                separation.apply(before),
                separation.apply(after),
                references.stream().map(separation).toList());
    }

    record Others(Answers one, List<Answers> others) {}

    @Override
    public String obstacle(Check check) {
        if (references.isEmpty()) {
            return "there is no retrained reference";
        }
        if (after.forget().size() < LEAST_RECORDS) {
            return "the forget set has fewer than " + LEAST_RECORDS + " records";
        }
        return switch (check) {
            case FORGET_TRACE, FORGET_SCATTER ->
                stayingForgetRows().length < LEAST_RECORDS
                        ? "too few forgotten records are of a class that keeps records"
                        : "";
            case FORGET_OUTPUTS -> references.size() < 2 ? "it needs two retrained references" : "";
            case PROBE_BIAS -> goneClasses().length == 0 ? "every class keeps records" : "";
            case PROBE_RELEARN -> after.relearning().isEmpty() ? "nothing was relearned" : "";
            default -> "";
        };
    }

    @Override
    public Finding finding(Check check) {
        return switch (check) {
            case FORGET_ACCURACY -> ForgetChecks.accuracy(this);
            case FORGET_ATTACK -> ForgetChecks.attack(this);
            case FORGET_MEMBERSHIP -> ForgetChecks.membership(this);
            case FORGET_TRACE -> ForgetChecks.trace(this);
            case FORGET_SCATTER -> ForgetChecks.scatter(this);
            case FORGET_OUTPUTS -> ForgetChecks.outputs(this);
            case RETAIN_ACCURACY -> KeepChecks.retained(this);
            case TEST_ACCURACY -> KeepChecks.tested(this);
            case PROBE_BIAS -> ProbeChecks.bias(this);
            case PROBE_FEATURES -> ProbeChecks.features(this);
            case PROBE_RELEARN -> ProbeChecks.relearn(this);
            case PARENT_OUTPUTS -> ParentChecks.outputs(this);
            case PARENT_FEATURES -> ParentChecks.features(this);
            default -> throw new IllegalArgumentException(check.code() + " is no check of classifiers");
        };
    }
}
