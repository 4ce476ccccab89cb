package io.expunge;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short form of {@link EnsembleDrill}, on made-up data. */
class EnsembleKillIT {

    @Test
    void anEnsembleSurvivesKillsOfItsWorkersWithEveryMemberOnce() throws Exception {
        var home =
                Path.of("target/it/ensemble-" + ProcessHandle.current().pid()).toAbsolutePath();
        EnsembleScenario.run(home, 120, 2, new Random().nextInt(1_000_000), (engineer, folder) -> {
            var made = new DrillModels(engineer, folder, 60);
            var model = made.model("default");
            var run = made.train(model, made.dataset(), 200, 3);
            Patiently.until(
                    "the training",
                    () -> engineer.get("/v1/runs/" + run).get("state").asString(),
                    "succeeded"::equals);
            return model;
        });
    }
}
