package io.expunge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalExperimentTest {

    @Test
    void whatIsForetoldOfEachKindOfNetworkIsHeldAgainstRetraining(@TempDir Path directory) throws IOException {
        MadeDigits.write(directory, 120, 20);
        var text = new StringWriter();
        var report = new Report(new PrintWriter(text), new PrintWriter(new StringWriter()));
        new RemovalExperiment(new RemovalExperiment.Size(100, 2, 1)).run(directory, 1, LabOptions.DEFAULTS, report);
        for (var kind : new String[] {"mlp", "small-cnn", "resnet9"}) {
            for (var set : new String[] {"random", "one-digit"}) {
                var name = kind + "." + set;
                assertThat(report.figures().get(name + ".moved")).as(name).isPositive();
                assertThat(report.figures().get(name + ".explained"))
                        .as("%s: a prediction never leads far astray", name)
                        .isBetween(-1.0, 1.0);
                assertThat(text.toString()).contains(name + ".explained");
            }
        }
    }
}
