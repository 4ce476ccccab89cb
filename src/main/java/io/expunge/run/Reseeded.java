package io.expunge.run;

import io.expunge.engine.Seeds;
import io.expunge.method.Method;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A method under another seed: repeated under one seed, retraining would give the same network again and again. */
final class Reseeded {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SEED = "seed";

    private Reseeded() {}

    /** The same hyper-parameters with every seed among them derived from itself and {@code number}. */
    @SuppressWarnings("unchecked")
    static <M extends Method> M of(M method, int number) {
        var tree = JSON.valueToTree(method);
        reseed(tree, number);
        return (M) JSON.treeToValue(tree, method.getClass());
    }

    private static void reseed(JsonNode node, int number) {
        if (node instanceof ObjectNode object && object.path(SEED).isIntegralNumber()) {
            object.put(SEED, Seeds.derive(object.path(SEED).asLong(), number));
        }
        node.forEach(child -> reseed(child, number));
    }
}
