package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@link VisionTransformer} with dropout left out. */
record VisionTransformerLayers(VisionTransformer vit) implements Layers {

    private static final String EMBEDDINGS = "vit.embeddings.";
    private static final String PATCHES = EMBEDDINGS + "patch_embeddings.projection";
    private static final String CLASS_TOKEN = EMBEDDINGS + "cls_token";
    private static final String POSITIONS = EMBEDDINGS + "position_embeddings";
    private static final String FINAL_NORM = "vit.layernorm";
    private static final String QUERY = "attention.attention.query";
    private static final String KEY = "attention.attention.key";
    private static final String VALUE = "attention.attention.value";
    private static final String MIXED = "attention.output.dense";
    private static final String IN = "intermediate.dense";
    private static final String OUT = "output.dense";
    private static final String BEFORE = "layernorm_before";
    private static final String AFTER = "layernorm_after";

    @Override
    public void declare(Declarations tensors) {
        int width = vit.hiddenSize();
        tensors.embedding(CLASS_TOKEN, 1, 1, width);
        tensors.embedding(POSITIONS, 1, vit.tokens(), width);
        tensors.patches(PATCHES, vit.channels(), width, vit.patchSize());
        for (int block = 0; block < vit.depth(); block++) {
            for (var name : new String[] {QUERY, KEY, VALUE, MIXED}) {
                tensors.head(named(block, name), width, width);
            }
            tensors.head(named(block, IN), width, vit.intermediateSize());
            tensors.head(named(block, OUT), vit.intermediateSize(), width);
            tensors.layerNorm(named(block, BEFORE), width);
            tensors.layerNorm(named(block, AFTER), width);
        }
        tensors.layerNorm(FINAL_NORM, width);
        tensors.head(head(), width, vit.classes());
    }

    /** The linear layers of the blocks, whose inputs are all tokens of an image. */
    @Override
    public Map<String, LinearLayer> tokenLayers() {
        Map<String, LinearLayer> layers = new LinkedHashMap<>();
        int width = vit.hiddenSize();
        for (int block = 0; block < vit.depth(); block++) {
            for (var name : new String[] {QUERY, KEY, VALUE}) {
                add(layers, named(block, name), named(block, "attention"), width, width);
            }
            add(layers, named(block, MIXED), named(block, "mixed"), width, width);
            add(layers, named(block, IN), named(block, "mlp"), width, vit.intermediateSize());
            add(layers, named(block, OUT), named(block, "inner"), vit.intermediateSize(), width);
        }
        return layers;
    }

    private static void add(Map<String, LinearLayer> layers, String name, String input, int in, int out) {
        layers.put(name, new LinearLayer(name, input, in, out, false));
    }

    /** The class token after all blocks and the last norm. */
    @Override
    public NDArray features(Pass pass, NDArray inputs) {
        var x = pass.tokens(
                pass.convolution(PATCHES, inputs, vit.patchSize(), 0),
                CLASS_TOKEN,
                POSITIONS); // (n, tokens, hidden size)
        for (int block = 0; block < vit.depth(); block++) {
            x = block(pass, block, x);
        }
        return pass.layerNorm(FINAL_NORM, pass.firstToken(x), vit.layerNormEpsilon());
    }

    private NDArray block(Pass pass, int block, NDArray x) {
        var before = pass.layerNorm(named(block, BEFORE), x, vit.layerNormEpsilon());
        var mixed = pass.attention(
                pass.linear(named(block, QUERY), before),
                pass.linear(named(block, KEY), before),
                pass.linear(named(block, VALUE), before),
                vit.heads());
        var y = pass.linear(named(block, MIXED), mixed).add(x);
        var after = pass.layerNorm(named(block, AFTER), y, vit.layerNormEpsilon());
        var inner = pass.gelu(pass.linear(named(block, IN), after));
        return pass.linear(named(block, OUT), inner).add(y);
    }

    private static String named(int block, String name) {
        return "vit.encoder.layer." + block + "." + name;
    }

    @Override
    public String head() {
        return "classifier";
    }
}
