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
record Comparison(Answers before, Answers after, List<Answers> references, long seed, Map<Answers, double[]> attacked) {

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
        var edited = shares.apply(after);
        var retrained = references.stream().map(shares).toList();
        var expected = Moments.average(retrained);
        return Finding.against(
                check,
                Moments.mean(shares.apply(before)),
                Moments.mean(edited),
                retrained.stream().map(Moments::mean).toList(),
                Moments.mean(edited) - Moments.mean(expected),
                Proportions.pairedDifference(edited, expected));
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
}
