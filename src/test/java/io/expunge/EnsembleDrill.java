package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.AcceptanceClient.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * An ensemble of perceptrons on handwritten digits, trained by two workers under {@code kill -9}, and how much faster they
 * are than one. Not part of {@code verify}: {@code EXPUNGE_DATA=DIR ./mvnw test -Dtest=EnsembleDrill}.
 */
class EnsembleDrill {

    private static final int MEMBERS = Integer.getInteger("expunge.drill.members", 200);
    private static final int KILLS = Integer.getInteger("expunge.drill.kills", 3);
    private static final int EPOCHS = Integer.getInteger("expunge.drill.epochs", 60);
    private static final long SEED = Long.getLong("expunge.drill.seed", new Random().nextInt(1_000_000));

    /** What two workers must be faster than one by, where each has a core. */
    private static final double LEAST = 1.3;

    @Test
    void twoWorkersTrainEveryMemberOnceUnderKillsAndAreFasterThanOne() throws Exception {
        var home = Path.of("target/drill/ensemble-" + ProcessHandle.current().pid())
                .toAbsolutePath();
        ServedCluster.use(
                home,
                2,
                cluster -> assertThat(EnsembleScenario.run(cluster, MEMBERS, KILLS, SEED, EnsembleDrill::digits))
                        .isGreaterThan(LEAST));
    }

    private static String digits(Caller engineer, Path folder) throws Exception {
        var sets = AcceptanceCase.OPTDIGITS.upload(engineer, Path.of(System.getenv("EXPUNGE_DATA")));
        var model = DrillModels.id(engineer.post(
                "/v1/models",
                Map.of(
                        "name",
                        "digits",
                        "architecture",
                        Map.of("name", "mlp", "inputs", 64, "hidden", List.of(64), "classes", 10)),
                201));
        var recipe = Map.of(
                "epochs",
                EPOCHS,
                "batchSize",
                64,
                "learningRate",
                0.05,
                "momentum",
                0.9,
                "weightDecay",
                5e-4,
                "schedule",
                "COSINE",
                "augment",
                false);
        var run = DrillModels.id(engineer.post(
                "/v1/training-runs",
                Map.of(
                        "modelId",
                        model,
                        "data",
                        Map.of("datasetId", sets.getFirst(), "testDatasetId", sets.getLast()),
                        "recipe",
                        recipe,
                        "seed",
                        1),
                202));
        Patiently.until(
                "the training",
                () -> engineer.get("/v1/runs/" + run).get("state").asString(),
                "succeeded"::equals);
        return model;
    }
}
