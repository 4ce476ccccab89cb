package io.expunge;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code kill -9}, many times over the life of one run. Not part of {@code verify}: {@code ./mvnw test -Dtest=KillDrill}. */
class KillDrill {

    private static final int KILLS = Integer.getInteger("expunge.drill.kills", 20);
    private static final int EPOCHS = Integer.getInteger("expunge.drill.epochs", 1_200);
    private static final long SEED = Long.getLong("expunge.drill.seed", new Random().nextInt(1_000_000));

    @Test
    void aRunUnderManyKillsEndsOnceWithTheBytesOfARunLeftAlone() throws Exception {
        var home =
                Path.of("target/drill/kills-" + ProcessHandle.current().pid()).toAbsolutePath();
        var size = new KillScenario.Size(KILLS, 600, EPOCHS, EPOCHS / 20);
        ServedCluster.use(home, 2, cluster -> KillScenario.run(cluster, size, SEED));
    }
}
