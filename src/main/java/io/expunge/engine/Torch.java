package io.expunge.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/** The one PyTorch engine of the process, started on first use. */
final class Torch {

    /** How many threads one operator may use; the same number gives the same sums, hence the same bytes. */
    private static final String THREADS = "expunge.engine.threads";

    private static final Engine ENGINE = start();

    private Torch() {}

    static Engine engine() {
        return ENGINE;
    }

    static NDManager manager() {
        return ENGINE.newBaseManager();
    }

    private static Engine start() {
        Telemetry.optOut();
        setDefault("ai.djl.pytorch.num_interop_threads", "1");
        setDefault("ai.djl.pytorch.num_threads", Integer.toString(threads()));
        // The optimiser rewrites a kernel after its first calls, so a resumed run would not repeat the same bytes.
        setDefault("ai.djl.pytorch.graph_optimizer", "false");
        var engine = Engine.getEngine("PyTorch");
        ProcessResources.computesOn(engine.defaultDevice());
        return engine;
    }

    /** One core is left to everything else: threads of one operator wait for each other by spinning. */
    private static int threads() {
        int wanted = Integer.getInteger(THREADS, 0);
        return wanted > 0 ? wanted : Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
