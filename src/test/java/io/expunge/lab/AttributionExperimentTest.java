package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttributionExperimentTest {

    @TempDir
    private Path directory;

    @Test
    void everyEstimatorIsScoredAndMoreModelsExplainMore() throws IOException {
        MadeDigits.write(directory, 300, 60);
        var text = new StringWriter();
        var progress = new StringWriter();
        var report = new Report(new PrintWriter(text), new PrintWriter(progress));
        new AttributionExperiment(new AttributionExperiment.Size(List.of(350, 1350), 100, List.of(1, 4), 20, 20, 3, 3))
                .run(directory, 1, LabOptions.DEFAULTS, report);
        var figures = report.figures();
        assertThat(text.toString()).contains("TRAK", "lasso", "differences", "LDS", "times as many");
        assertThat(progress.toString()).contains("models to explain: 1410 of 1410", "models on held-out halves");
        assertThat(figures.get("lds.differences.1250.mean")).isGreaterThan(figures.get("lds.differences.250.mean"));
        assertThat(figures.get("lds.lasso.1350.mean")).isBetween(0.1, 1.0);
        assertThat(figures.get("lds.trak4.mean")).isBetween(0.02, 1.0);
        assertThat(figures.get("lds.datamodel.mean")).isEqualTo(figures.get("lds.lasso.1350.mean"));
        assertThat(figures.get("lds.lasso.1350.low")).isLessThan(figures.get("lds.lasso.1350.mean"));
        assertThat(figures.get("ensemble.ratio.mean")).isPositive();
    }
}
