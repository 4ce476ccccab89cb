package io.expunge.engine;

import ai.djl.ndarray.NDArray;

/** Sees what enters and leaves linear layers. */
@FunctionalInterface
interface Tap {

    /** Lets everything pass. */
    Tap NONE = (name, x, y) -> y;

    /**
     * Told of a layer.
     *
     * @param name of the layer, without {@code .weight}
     * @param x what enters it, shape (…, in)
     * @param y what it makes of that, shape (…, out)
     * @return what goes on in the place of {@code y}
     */
    NDArray passed(String name, NDArray x, NDArray y);
}
