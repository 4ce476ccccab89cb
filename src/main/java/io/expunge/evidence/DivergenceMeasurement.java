package io.expunge.evidence;

import io.expunge.catalog.VersionView;
import io.expunge.engine.Logits;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.metric.DivergenceComparison;
import io.expunge.metric.EnsembleMargins;
import io.expunge.metric.Outputs;
import io.expunge.run.Replicas;
import io.expunge.run.StageWork;
import io.expunge.run.Unserved;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Adds to what was measured of one candidate how networks that are edited like it are distributed, where a policy demands it. */
@Component
class DivergenceMeasurement {

    private final Replicas replicas;

    DivergenceMeasurement(Replicas replicas) {
        this.replicas = replicas;
    }

    MeasureStage.Measured add(
            MeasureStage.Measured measured,
            StageWork work,
            NetworkArchitecture architecture,
            VersionView parent,
            @Nullable Integer models) {
        if (models == null) {
            return measured;
        }
        try {
            var answers = replicas.ask(work, architecture, parent, models);
            var comparison = new DivergenceComparison(
                    new EnsembleMargins(
                            margins(answers.before(), answers),
                            margins(answers.after(), answers),
                            predicted(answers),
                            margins(answers.retrained(), answers),
                            answers.forget(),
                            answers.labels().length - answers.forget(),
                            answers.testLabels().length),
                    work.run().id().getLeastSignificantBits());
            return measured.with(measured.findings().with(comparison));
        } catch (Unserved e) {
            return measured.with(measured.findings().withoutDivergence("the method " + e.getMessage()));
        }
    }

    /** A demand that nothing can meet is told from none. */
    MeasureStage.Measured refuse(MeasureStage.Measured measured, @Nullable Integer models) {
        return models == null
                ? measured
                : measured.with(measured.findings().withoutDivergence("it is measured of classifiers alone"));
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
}
