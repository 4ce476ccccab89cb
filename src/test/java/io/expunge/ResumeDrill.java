package io.expunge;

import io.expunge.AcceptanceClient.Caller;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Language models and ensembles, on made-up data, under {@code kill -9} of their workers. */
class ResumeDrill {

    @Test
    void languageModelsAndEnsemblesSurviveKillsOfWorkersWithTheSameBytes() throws Exception {
        var home = Path.of("target/it/resumed-" + ProcessHandle.current().pid()).toAbsolutePath();
        long seed = new Random().nextInt(1_000_000);
        ServedCluster.use(home, 2, cluster -> {
            LanguageKillScenario.run(cluster, seed);
            EnsembleScenario.run(cluster, 120, 2, seed, ResumeDrill::people);
        });
    }

    private static String people(Caller engineer, Path folder) throws Exception {
        var made = new DrillModels(engineer, folder, 60);
        var model = made.model("default");
        var run = made.train(model, made.dataset(), 200, 3);
        Patiently.until(
                "the training",
                () -> engineer.get("/v1/runs/" + run).get("state").asString(),
                "succeeded"::equals);
        return model;
    }
}
