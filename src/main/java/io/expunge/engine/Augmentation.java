package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;

/** Shifts images by up to an eighth of their side, zeros moving in, and mirrors half of them. */
final class Augmentation {

    private Augmentation() {}

    /** Moved copies of {@code images}, shape (n, c, h, w), in the same manager. */
    static NDArray apply(NDArray images, long seed) {
        var random = new SplittableRandom(seed);
        var shape = images.getShape();
        int n = Math.toIntExact(shape.get(0));
        int height = Math.toIntExact(shape.get(2));
        int width = Math.toIntExact(shape.get(3));
        int up = height / 8;
        int left = width / 8;
        var rows = new long[n * height];
        var columns = new long[n * width];
        for (int i = 0; i < n; i++) {
            int down = random.nextInt(2 * up + 1);
            int right = random.nextInt(2 * left + 1);
            boolean mirrored = random.nextBoolean();
            for (int y = 0; y < height; y++) {
                rows[i * height + y] = (long) down + y;
            }
            for (int x = 0; x < width; x++) {
                columns[i * width + x] = (long) right + (mirrored ? width - 1 - x : x);
            }
        }
        var padded = images.pad(new Shape(left, left, up, up), 0); // (n, c, h + 2·up, w + 2·left)
        var moved = gather(padded, rows, new Shape(n, 1, height, 1), 2); // (n, c, h, w + 2·left)
        return gather(moved, columns, new Shape(n, 1, 1, width), 3);
    }

    private static NDArray gather(NDArray x, long[] indices, Shape thin, int axis) {
        var manager = x.getManager();
        var wanted = x.getShape().getShape().clone();
        wanted[axis] = thin.get(axis);
        var index = manager.create(indices, thin).broadcast(new Shape(wanted));
        return Kernels.shared().call("gather", manager, new NDList(x, index, manager.create((long) axis)));
    }
}
