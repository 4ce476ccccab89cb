package io.expunge.influence;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Solves many symmetric positive systems side by side: Hestenes and Stiefel 1952, with a step of its own for each column. */
final class ConjugateGradients {

    private static final float LEAST = 1e-30f;

    private ConjugateGradients() {}

    /** A matrix, or one for each column. */
    interface Product {
        /** With every column of {@code vectors}; what is made on the way may live in {@code scratch}. */
        NDArray with(NDArray vectors, NDManager scratch);
    }

    /**
     * Solves.
     *
     * @param matrix symmetric and positive
     * @param preconditioner an approximate inverse
     * @param right n × systems
     * @param steps at most
     * @param enough by how much the largest squared residual must have fallen
     * @return n × systems, in the manager of {@code right}
     */
    static NDArray solve(Product matrix, Product preconditioner, NDArray right, int steps, double enough) {
        var manager = right.getManager();
        var solution = right.zerosLike();
        var residual = right.duplicate();
        NDArray direction;
        NDArray size;
        try (var scratch = manager.newSubManager()) {
            direction = preconditioner.with(residual, scratch).duplicate();
            direction.attach(manager);
            size = product(residual, direction);
            size.attach(manager);
        }
        double least = enough * size.max().getFloat();
        for (int k = 0; k < steps && size.max().getFloat() > least; k++) {
            try (var scratch = manager.newSubManager()) {
                direction.tempAttach(scratch);
                residual.tempAttach(scratch);
                size.tempAttach(scratch);
                var image = matrix.with(direction, scratch);
                var step = size.div(product(direction, image).maximum(LEAST));
                solution.addi(direction.mul(step));
                residual.subi(image.mul(step));
                var better = preconditioner.with(residual, scratch);
                var next = product(residual, better);
                direction.muli(next.div(size.maximum(LEAST))).addi(better);
                size.subi(size).addi(next);
            }
        }
        return solution;
    }

    /** Of columns, 1 × systems. */
    static NDArray product(NDArray a, NDArray b) {
        return a.mul(b).sum(new int[] {0}, true);
    }
}
