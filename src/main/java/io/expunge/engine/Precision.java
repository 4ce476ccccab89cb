package io.expunge.engine;

/**
 * The number format of linear layers; weights, norms, softmax over the vocabulary and loss stay fp32. So does attention on a
 * processor, whose many small products take longer in bf16; on a GPU it goes along.
 */
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
