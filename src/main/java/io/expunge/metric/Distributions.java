package io.expunge.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * How sure the networks are of the records, as histograms, and the curves of the population attack: what a person looks at to
 * see whether forgotten records are answered like those that nobody saw. Counts alone; {@link Histogram} says of which sets
 * none are kept.
 */
public record Distributions(Quantity quantity, List<Distribution> histograms, List<RocCurve> curves) {

    /** What is counted. */
    public enum Quantity {
        /** {@link Outputs#margins()}, in nats: bins of one nat from −16 to 16. */
        MARGIN(-16, 16, 1),
        /**
         * The margin of an answer's probability p = exp(mean log-probability of its tokens), log(p/(1−p)) in nats: bins of
         * half a nat from −10 to 10. As log p itself it would crowd what was learned by heart into one bin.
         */
        ANSWER_MARGIN(-10, 10, 0.5);

        private final double first;
        private final double last;
        private final double width;

        Quantity(double first, double last, double width) {
            this.first = first;
            this.last = last;
            this.width = width;
        }

        double[] edges() {
            return IntStream.rangeClosed(0, (int) Math.round((last - first) / width))
                    .mapToDouble(i -> first + i * width)
                    .toArray();
        }
    }

    /** Which records. */
    public enum Part {
        FORGET,
        RETAIN,
        TEST
    }

    /** Whose answers. */
    public enum Model {
        BEFORE,
        AFTER,
        REFERENCE
    }

    /**
     * The answers to one set of records.
     *
     * @param models how many networks were counted together: one, or all references
     * @param records in the set; each is counted once for each network
     */
    public record Distribution(Part part, Model of, int models, int records, Histogram histogram) {}

    public Distributions {
        histograms = List.copyOf(histograms);
        curves = List.copyOf(curves);
    }

    /** Of a classifier. */
    static Distributions of(Answers before, Answers after, List<Answers> references) {
        return new Distributions(
                Quantity.MARGIN,
                histograms(Quantity.MARGIN, before, after, references, (answers, part) -> margins(answers, part)),
                matchable(after)
                        ? curves(Check.FORGET_MEMBERSHIP, before, after, references, ForgetChecks::population)
                        : List.of());
    }

    /** Of a language model; the attack is drawn where its area may be believed. */
    static Distributions of(TextComparison texts) {
        boolean trusted = texts.obstacle(Check.ATTACK_LOSS).isEmpty();
        return new Distributions(
                Quantity.ANSWER_MARGIN,
                histograms(
                        Quantity.ANSWER_MARGIN,
                        texts.before(),
                        texts.after(),
                        texts.references(),
                        (answers, part) -> TextAnswers.margins(
                                switch (part) {
                                    case FORGET -> answers.forget();
                                    case RETAIN -> answers.retain();
                                    case TEST -> answers.test();
                                })),
                trusted
                        ? curves(
                                Check.ATTACK_LOSS,
                                texts.before(),
                                texts.after(),
                                texts.references(),
                                one -> texts.attack(Check.ATTACK_LOSS, one).separation())
                        : List.of());
    }

    private interface Values<A> {
        double[] of(A answers, Part part);
    }

    private static <A> List<Distribution> histograms(
            Quantity quantity, A before, A after, List<A> references, Values<A> values) {
        var all = new ArrayList<Distribution>();
        for (var part : Part.values()) {
            add(all, quantity, part, Model.BEFORE, List.of(values.of(before, part)));
            add(all, quantity, part, Model.AFTER, List.of(values.of(after, part)));
            add(
                    all,
                    quantity,
                    part,
                    Model.REFERENCE,
                    references.stream().map(one -> values.of(one, part)).toList());
        }
        return all;
    }

    private static void add(List<Distribution> all, Quantity quantity, Part part, Model of, List<double[]> values) {
        if (values.isEmpty() || values.getFirst().length == 0) {
            return;
        }
        all.add(new Distribution(
                part, of, values.size(), values.getFirst().length, Histogram.of(values, quantity.edges())));
    }

    private static <A> List<RocCurve> curves(
            Check check, A before, A after, List<A> references, Function<A, Separation> attack) {
        var all = new ArrayList<RocCurve>();
        all.add(RocCurve.of(check, Model.BEFORE, List.of(attack.apply(before))));
        all.add(RocCurve.of(check, Model.AFTER, List.of(attack.apply(after))));
        if (!references.isEmpty()) {
            all.add(RocCurve.of(
                    check, Model.REFERENCE, references.stream().map(attack).toList()));
        }
        return all;
    }

    private static double[] margins(Answers answers, Part part) {
        return switch (part) {
            case FORGET -> answers.forget().margins();
            case RETAIN -> answers.retain().margins();
            case TEST -> answers.test().margins();
        };
    }

    /** Whether some class has both forgotten and held-out records. */
    private static boolean matchable(Answers answers) {
        var heldOut = answers.test().labels();
        Arrays.sort(heldOut);
        return Arrays.stream(answers.forget().labels()).anyMatch(label -> Arrays.binarySearch(heldOut, label) >= 0);
    }
}
