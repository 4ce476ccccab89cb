package io.expunge.engine;

/** The number format of linear layers and attention; weights, norms, softmax over the vocabulary and loss stay fp32. */
public enum Precision {
    FP32(6),
    BF16(15);

    /** PyTorch's code of the type. */
    private final int code;

    Precision(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
