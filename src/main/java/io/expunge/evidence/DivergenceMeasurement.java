package io.expunge.evidence;

import io.expunge.catalog.VersionView;
import io.expunge.engine.Logits;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.metric.AnswerProbability;
import io.expunge.metric.DivergenceComparison;
import io.expunge.metric.EnsembleMargins;
import io.expunge.metric.Outputs;
import io.expunge.run.Replicas;
import io.expunge.run.StageWork;
import io.expunge.run.TextReplicas;
import io.expunge.run.Unserved;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Adds to what was measured of one candidate how networks that are edited like it are distributed, where a policy demands it. */
@Component
class DivergenceMeasurement {

    private final Replicas replicas;
    private final TextReplicas texts;

    DivergenceMeasurement(Replicas replicas, TextReplicas texts) {
        this.replicas = replicas;
        this.texts = texts;
    }

    /** Of classifiers. */
    MeasureStage.Measured add(
            MeasureStage.Measured measured,
            StageWork work,
            NetworkArchitecture architecture,
            VersionView parent,
            @Nullable Integer models) {
        return models == null
                ? measured
                : compared(measured, work, () -> margins(replicas.ask(work, architecture, parent, models)));
    }

    /** Of language models. */
    MeasureStage.Measured add(
            MeasureStage.Measured measured, StageWork work, VersionView parent, @Nullable Integer models) {
        return models == null ? measured : compared(measured, work, () -> margins(texts.ask(work, parent, models)));
    }

    private static MeasureStage.Measured compared(
            MeasureStage.Measured measured, StageWork work, Supplier<EnsembleMargins> asked) {
        try {
            long seed = work.run().id().getLeastSignificantBits();
            return measured.with(measured.findings().with(new DivergenceComparison(asked.get(), seed)));
        } catch (Unserved e) {
            return measured.with(measured.findings().withoutDivergence("the method " + e.getMessage()));
        }
    }

    private static EnsembleMargins margins(Replicas.Answers answers) {
        return new EnsembleMargins(
                margins(answers.before(), answers),
                margins(answers.after(), answers),
                predicted(answers),
                margins(answers.retrained(), answers),
                answers.forget(),
                answers.labels().length - answers.forget(),
                answers.testLabels().length);
    }

    private static double[][] predicted(Replicas.Answers answers) {
        var labels = Arrays.copyOf(answers.labels(), answers.forget());
        return answers.predicted().stream()
                .map(logits -> new Outputs(logits.get().train(), labels).margins())
                .toArray(double[][]::new);
    }

    private static double[][] margins(List<Supplier<Logits>> side, Replicas.Answers answers) {
        return side.stream()
                .map(Supplier::get)
                .map(logits -> DoubleStream.concat(
                                DoubleStream.of(new Outputs(logits.train(), answers.labels()).margins()),
                                DoubleStream.of(new Outputs(logits.test(), answers.testLabels()).margins()))
                        .toArray())
                .toArray(double[][]::new);
    }

    private static EnsembleMargins margins(TextReplicas.Answers answers) {
        return new EnsembleMargins(
                logOdds(answers.before()),
                logOdds(answers.after()),
                answers.predicted().stream()
                        .map(said -> Arrays.stream(said.get().train())
                                .mapToDouble(row -> row[0])
                                .toArray())
                        .toArray(double[][]::new),
                logOdds(answers.retrained()),
                answers.forget(),
                answers.retain(),
                answers.test());
    }

    private static double[][] logOdds(List<Supplier<Logits>> side) {
        return side.stream()
                .map(Supplier::get)
                .map(said -> Stream.of(said.train(), said.test())
                        .flatMap(Arrays::stream)
                        .mapToDouble(row -> AnswerProbability.logOdds(row[0]))
                        .toArray())
                .toArray(double[][]::new);
    }
}
