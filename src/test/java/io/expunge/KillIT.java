package io.expunge;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short form of {@link KillDrill}. */
class KillIT {

    @Test
    void aRunSurvivesKillsOfWorkerDatabaseAndApiWithTheSameBytes() throws Exception {
        var home = Path.of("target/it/kills-" + ProcessHandle.current().pid()).toAbsolutePath();
        KillScenario.run(home, new KillScenario.Size(3, 200, 200, 10), new Random().nextInt(1_000_000));
    }
}
