package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Logits that a network is to give each example of a source, on the device while it is tuned towards them. */
public final class Targets implements AutoCloseable {

    private final NDManager manager;
    private final NDArray logits;

    /**
     * Copies them to the device.
     *
     * @param logits examples × classes, in the order of the source
     * @throws IllegalArgumentException if a row has another length than {@code network} has classes, or there is none
     */
    public Targets(Network network, float[][] logits) {
        int classes = network.architecture().classes();
        if (logits.length == 0) {
            throw new IllegalArgumentException("there are no targets");
        }
        var all = new float[logits.length * classes];
        for (int i = 0; i < logits.length; i++) {
            if (logits[i].length != classes) {
                throw new IllegalArgumentException(
                        "targets of " + logits[i].length + " classes are not for a network of " + classes);
            }
            System.arraycopy(logits[i], 0, all, i * classes, classes);
        }
        this.manager = network.parameters().manager().newSubManager();
        this.logits = manager.create(all, new Shape(logits.length, classes));
    }

    /** Those of a batch, shape (n, classes); live until the end of the step. */
    public NDArray at(Batch batch) {
        return Kernels.shared().call("rows", batch.inputs().getManager(), new NDList(logits, batch.rows()));
    }

    @Override
    public void close() {
        manager.close();
    }
}
