package io.expunge.engine;

import ai.djl.ndarray.NDList;

/** What matrix products reach here at most. */
public final class MatrixPeak {

    private static final int SIDE = 1024;
    private static final int WARM_UP = 5;
    private static final int TIMES = 20;

    private MatrixPeak() {}

    /** Floating-point operations a second of square products, the best of some. */
    public static double measure(Precision precision) {
        return Lane.hold(() -> {
            try (var manager = Torch.manager()) {
                var a = manager.randomNormal(new ai.djl.ndarray.types.Shape(SIDE, SIDE));
                var b = manager.randomNormal(new ai.djl.ndarray.types.Shape(SIDE, SIDE));
                if (precision == Precision.BF16) {
                    a = Kernels.shared().call("cast", manager, new NDList(a, manager.create(precision.code())));
                    b = Kernels.shared().call("cast", manager, new NDList(b, manager.create(precision.code())));
                }
                long best = Long.MAX_VALUE;
                for (int time = 0; time < WARM_UP + TIMES; time++) {
                    try (var scratch = manager.newSubManager()) {
                        long start = System.nanoTime();
                        Kernels.shared().call("product", scratch, new NDList(a, b));
                        if (time >= WARM_UP) {
                            best = Math.min(best, System.nanoTime() - start);
                        }
                    }
                }
                return 2.0 * SIDE * SIDE * SIDE / (best / 1e9);
            }
        });
    }
}
