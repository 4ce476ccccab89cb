package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/**
 * Products with plain numbers that gradients flow through. DJL's own let go of the number's memory as soon as the product
 * is there, and the backward pass, which needs the number too, then reads what the garbage collector left in its place.
 */
public final class Numbers {

    private Numbers() {}

    /** x · factor, of the type of x. */
    public static NDArray times(NDArray x, double factor) {
        return x.mul(kept(x, factor));
    }

    /** x / divisor, of the type of x. */
    public static NDArray over(NDArray x, double divisor) {
        return x.div(kept(x, divisor));
    }

    /** Lives as long as the manager of {@code x}, which is the step's. */
    private static NDArray kept(NDArray x, double number) {
        return x.getDataType() == DataType.FLOAT64
                ? x.getManager().create(number)
                : x.getManager().create((float) number);
    }
}
