package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalExperimentTest {

    @Test
    void whatIsForetoldOfEachKindOfNetworkIsHeldAgainstRetraining(@TempDir Path directory) throws IOException {
        MadeDigits.write(directory, 120, 20);
        var text = new StringWriter();
        var report = new Report(new PrintWriter(text), new PrintWriter(new StringWriter()));
        new RemovalExperiment(new RemovalExperiment.Size(
                        100, 2, 1, List.of(RemovalExperiment.PERCEPTRON, RemovalExperiment.CONVOLUTIONS)))
                .run(directory, 1, LabOptions.DEFAULTS, report);
        for (var kind : new String[] {"mlp", "small-cnn"}) {
            for (var set : new String[] {"random", "one-digit"}) {
                var name = kind + "." + set;
                assertThat(report.figures().get(name + ".moved")).as(name).isPositive();
                assertThat(report.figures().get(name + ".explained"))
                        .as("%s: of two networks on little data it may be anything, but no more than all", name)
                        .isFinite()
                        .isLessThanOrEqualTo(1);
                assertThat(text.toString()).contains(name + ".explained");
            }
        }
    }
}
