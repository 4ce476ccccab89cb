package io.expunge;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short form of {@link KillDrill}. */
class KillIT {

    @Test
    void aRunSurvivesKillsOfWorkersDatabaseAndApiWithTheSameBytes() throws Exception {
        var home = Path.of("target/it/kills-" + ProcessHandle.current().pid()).toAbsolutePath();
        long seed = new Random().nextInt(1_000_000);
        ServedCluster.use(home, 2, cluster -> KillScenario.run(cluster, new KillScenario.Size(3, 200, 200, 10), seed));
    }
}
