package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TextRecipeTest {

    private static final TextRecipe PLAIN = new TextRecipe(3, 4, 1e-3, 0.01, 0.1, 1, 512, Precision.BF16);

    private static final String EIGHT_FIELDS = """
            {"epochs": 3, "batchSize": 4, "learningRate": 1e-3, "weightDecay": 0.01, "warmup": 0.1, "clip": 1,
             "partTokens": 512, "precision": "BF16"}""";

    private final JsonMapper json = new JsonMapper();

    @Test
    void whatIsNotGivenIsAdamWOnAllWeightsWithActivationsKept() {
        var read = json.readValue(EIGHT_FIELDS, TextRecipe.class);
        assertThat(read).isEqualTo(PLAIN);
        assertThat(read.optimiser()).isEqualTo(Optimiser.ADAMW);
        assertThat(read.momentum()).isEqualTo(0.9);
        assertThat(read.activations()).isEqualTo(Activations.KEPT);
        assertThat(read.lowRank()).isNull();
    }

    @Test
    void everyOptionSurvivesJson() {
        var recipe = PLAIN.with(
                Optimiser.SGD, 0.5, Activations.RECOMPUTED, new LowRank(8, 16, List.of("c_attn", "mlp.c_proj")));
        assertThat(json.readValue(json.writeValueAsString(recipe), TextRecipe.class))
                .isEqualTo(recipe);
    }

    @Test
    void adaptersThatCannotBeAreRefusedByField() {
        refused(() -> new LowRank(0, 16, List.of("c_attn")), "lowRank.rank must be at least 1 but was 0");
        refused(() -> new LowRank(8, 0, List.of("c_attn")), "lowRank.alpha must be greater than 0 but was 0.0");
        refused(() -> new LowRank(8, 16, List.of()), "lowRank.targetModules must name one or more modules");
        refused(() -> new LowRank(8, 16, List.of("a", "a")), "lowRank.targetModules must not name a module twice");
        refused(
                () -> PLAIN.with(Optimiser.SGD, 1, Activations.KEPT, null),
                "momentum must be between 0.0 and 0.9999 but was 1.0");
        assertThatThrownBy(() -> json.readValue(
                        EIGHT_FIELDS.replace("}", ", \"lowRank\": {\"rank\": 8, \"alpha\": 16}}"), TextRecipe.class))
                .hasMessageContaining("lowRank.targetModules must name one or more modules");
    }

    private static void refused(Runnable made, String message) {
        assertThatIllegalArgumentException().isThrownBy(made::run).withMessage(message);
    }
}
