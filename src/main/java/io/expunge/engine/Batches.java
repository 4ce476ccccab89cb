package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Examples on the device, drawn in batches. What step s draws depends on the seed and s alone, so a resumed run draws
 * what an undisturbed one would have. Every epoch is a fresh shuffle; its last, smaller batch is not dropped.
 */
public final class Batches implements AutoCloseable {

    private final Network network;
    private final NDManager manager;
    private final NDArray inputs;
    private final NDArray labels;
    private final boolean scaled;
    private final int size;
    private final int batchSize;
    private final long seed;
    private final boolean augmented;
    private long shuffledEpoch = -1;
    private long[] order = {};

    Batches(Network network, NDManager manager, Examples examples, Recipe recipe, long seed) {
        this(network, manager, examples, recipe.batchSize(), seed, recipe.augment());
    }

    Batches(Network network, NDManager manager, Examples examples, int batchSize, long seed, boolean augmented) {
        if (examples.size() == 0) {
            throw new IllegalArgumentException("there are no examples to draw from");
        }
        examples.checkFit(network.architecture());
        this.network = network;
        this.manager = manager;
        this.inputs = examples.inputsOn(manager);
        this.labels = examples.labelsOn(manager);
        this.scaled = examples.areBytes();
        this.size = examples.size();
        this.batchSize = batchSize;
        this.seed = seed;
        this.augmented = augmented && examples.shape().length == 3;
    }

    /** Batches of one epoch. */
    public int perEpoch() {
        return Math.ceilDiv(size, batchSize);
    }

    /** The batch of {@code step}, counted from 0 over all epochs; lives until the end of the network's step. */
    public Batch at(long step) {
        var scratch = network.parameters().scratch();
        int from = Math.toIntExact(step % perEpoch() * batchSize);
        int to = Math.min(size, from + batchSize);
        var rows = scratch.create(Arrays.copyOfRange(order(step / perEpoch()), from, to));
        var kernels = Kernels.shared();
        var x = kernels.call(scaled ? "pixels" : "rows", scratch, new NDList(inputs, rows));
        var y = kernels.call("rows", scratch, new NDList(labels, rows));
        if (augmented) {
            x = Augmentation.apply(x, Seeds.derive(seed ^ 0x6175676D656E74L, step));
        }
        return new Batch(x, y, rows, to - from);
    }

    /** Examples of the batch of {@code step}. */
    int sizeAt(long step) {
        int from = Math.toIntExact(step % perEpoch() * batchSize);
        return Math.min(size, from + batchSize) - from;
    }

    @Override
    public void close() {
        manager.close();
    }

    private long[] order(long epoch) {
        if (epoch != shuffledEpoch) {
            order = shuffled(size, Seeds.derive(seed, epoch));
            shuffledEpoch = epoch;
        }
        return order;
    }

    /** Fisher and Yates. */
    static long[] shuffled(int size, long seed) {
        var rows = new long[size];
        Arrays.setAll(rows, i -> i);
        var random = new SplittableRandom(seed);
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            long row = rows[i];
            rows[i] = rows[j];
            rows[j] = row;
        }
        return rows;
    }
}
