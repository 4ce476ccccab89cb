package io.expunge;

import io.expunge.AcceptanceClient.Caller;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The short forms of {@link KillDrill} and, on made-up data, {@link EnsembleDrill}, and kills of language models' workers,
 * one after the other on one cluster.
 */
class KillIT {

    @Test
    void runsLanguageModelsAndEnsemblesSurviveKillsOfWorkersDatabaseAndApiWithTheSameBytes() throws Exception {
        var home = Path.of("target/it/kills-" + ProcessHandle.current().pid()).toAbsolutePath();
        long seed = new Random().nextInt(1_000_000);
        ServedCluster.use(home, 2, cluster -> {
            KillScenario.run(cluster, new KillScenario.Size(3, 200, 200, 10), seed);
            LanguageKillScenario.run(cluster, seed);
            EnsembleScenario.run(cluster, 80, 1, seed, KillIT::people);
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
