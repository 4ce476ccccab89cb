package io.expunge.engine;

import ai.djl.ndarray.NDManager;

/** Arrays on the device for numeric work that no network stands behind; all of them go when it is closed. */
public final class Space implements AutoCloseable {

    private final NDManager manager = Torch.manager();

    /** Where arrays are made. */
    public NDManager manager() {
        return manager;
    }

    @Override
    public void close() {
        manager.close();
    }
}
