package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expunge.shared.Problem;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class MethodFormsTest {

    private static final String INNER = """
            {"name":"gradient-ascent","schedule":
             {"epochs":1,"batchSize":32,"learningRate":0.01,"momentum":0.9,"weightDecay":0.0,"seed":1}}
            """;

    private final MethodForms forms;

    MethodFormsTest() throws IOException {
        forms = new MethodForms(JsonMapper.builder().build());
    }

    @Test
    void everyMethodOfTheContractHasAFormWithoutFieldsThatNobodyCouldFill() {
        assertThat(forms.all())
                .hasSizeGreaterThan(20)
                .allSatisfy(form -> assertThat(form.fields()).isNotEmpty().allSatisfy(field -> {
                    assertThat(field.type()).isIn("number", "integer", "boolean", "string", "list", "method");
                    assertThat(field.path()).doesNotEndWith("name");
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "l1-sparse penalty=5.0E-4 plainEpochs=1 schedule.epochs=5 schedule.batchSize=128 schedule.learningRate=0.01"
                        + " schedule.momentum=0.9 schedule.weightDecay=5.0E-4 schedule.seed=1",
                "auto trials=6 leastUtility=0.95 start.beta=0.1 start.forgetWeight=1.0 start.retention.kind=NONE"
                        + " start.retention.weight=0.0 start.recipe.epochs=10 start.recipe.batchSize=32"
                        + " start.recipe.learningRate=1.0E-5 start.recipe.weightDecay=0.01 start.recipe.warmup=0.1"
                        + " start.recipe.clip=1.0 start.recipe.partTokens=4096 start.recipe.precision=FP32"
                        + " start.recipe.optimiser=ADAMW start.recipe.momentum=0.9 start.recipe.activations=KEPT start.seed=1",
                "datamodel-matching estimator=TRAK multiplier=1.0 textMatching.forgetRepeats=2"
                        + " textMatching.retainMultiple=10 textMatching.recipe.epochs=4 textMatching.recipe.batchSize=16"
                        + " textMatching.recipe.learningRate=0.001 textMatching.recipe.weightDecay=0.0"
                        + " textMatching.recipe.warmup=0.1 textMatching.recipe.clip=1.0"
                        + " textMatching.recipe.partTokens=4096 textMatching.recipe.precision=FP32"
                        + " textMatching.recipe.optimiser=ADAMW textMatching.recipe.momentum=0.9"
                        + " textMatching.recipe.activations=KEPT textMatching.seed=1",
                "truncated-svd layers=model.layers.1.mlp.up_proj_0.6\\nmodel.layers.2.mlp.up_proj_0.5",
                "exact-retraining seed=7",
            })
    void whatAFormShowsIsWhatWasTypedIntoIt(String line) {
        var words = line.replace("\\n", "\n").split(" ", -1);
        var typed = new HashMap<String, String>();
        for (int i = 1; i < words.length; i++) {
            var pair = words[i].split("=", 2);
            typed.put(words[0] + "." + pair[0], pair[0].equals("layers") ? pair[1].replace("_0.", " 0.") : pair[1]);
        }
        var method = forms.read(words[0], typed);
        var shown = new HashMap<String, String>();
        forms.write(method).forEach((path, text) -> shown.put(words[0] + "." + path, text));
        assertThat(shown).isEqualTo(typed);
    }

    @Test
    void aMethodWithinAMethodIsReadAsTheContractHasIt() {
        var typed = new HashMap<>(Map.of(
                "m0.sparsity", "0.95",
                "m0.rewindEpochs", "5",
                "m0.inner", INNER));
        assertThat(forms.check("prune-then-unlearn", "m0.", typed))
                .extractingByKey("inner")
                .isEqualTo(JsonMapper.builder().build().readValue(INNER, Map.class));
        typed.put("m0.inner", "exact");
        assertThatThrownBy(() -> forms.check("prune-then-unlearn", "m0.", typed))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("m0.inner must be a method");
    }

    @Test
    void aRefusalNamesTheFieldAsItWasTyped() {
        var typed = new HashMap<>(Map.of("m1.penalty", "much", "m1.plainEpochs", "1"));
        assertThatThrownBy(() -> forms.check("l1-sparse", "m1.", typed))
                .hasMessageContaining("m1.penalty must be a number");
        typed.put("m1.penalty", "-1");
        for (var name : new String[] {"epochs", "batchSize", "seed"}) {
            typed.put("m1.schedule." + name, "1");
        }
        for (var name : new String[] {"learningRate", "momentum", "weightDecay"}) {
            typed.put("m1.schedule." + name, "0.5");
        }
        assertThatThrownBy(() -> forms.check("l1-sparse", "m1.", typed)).hasMessageContaining("m1.penalty");
        typed.remove("m1.schedule.momentum");
        typed.put("m1.penalty", "1");
        assertThatThrownBy(() -> forms.check("l1-sparse", "m1.", typed))
                .hasMessageContaining("m1.schedule.momentum is required");
        assertThatThrownBy(() -> forms.check("truncated-svd", "m1.", Map.of("m1.layers", "one two three")))
                .hasMessageContaining("m1.layers must have one a line: layer and keptShare");
    }
}
