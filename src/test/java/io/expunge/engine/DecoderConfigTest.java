package io.expunge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.Decoder.Activation;
import io.expunge.engine.Decoder.Family;
import io.expunge.engine.DecoderTensors.Role;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderConfigTest {

    /** Parameters of published models, as their cards count them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'model_type':'gpt2'}                                                                 | 124439808",
                "{'model_type':'llama'}                                                                | 6738415616",
                "{'model_type':'llama','vocab_size':128256,'hidden_size':2048,'intermediate_size':8192,"
                        + "'num_hidden_layers':16,'num_key_value_heads':8,'tie_word_embeddings':true}  | 1235814400",
                "{'model_type':'qwen2','vocab_size':151936,'hidden_size':896,'intermediate_size':4864,"
                        + "'num_hidden_layers':24,'num_attention_heads':14,'num_key_value_heads':2,"
                        + "'tie_word_embeddings':true}                                                 | 494032768",
                "{'model_type':'olmo2','vocab_size':100352,'hidden_size':4096,'intermediate_size':11008} | 7298617344",
                "{'model_type':'gpt_neox','vocab_size':50304,'hidden_size':512,'intermediate_size':2048,"
                        + "'num_hidden_layers':6,'num_attention_heads':8}                              | 70426624",
            })
    void publishedModelsHaveTheNumberOfParametersThatIsKnownOfThem(String config, long parameters) {
        var decoder = Decoder.read(config.replace('\'', '"'));
        assertThat(DecoderTensors.of(decoder).values().stream()
                        .mapToLong(tensor -> Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b))
                        .sum())
                .isEqualTo(parameters);
    }

    @Test
    void absentKeysHaveTheDefaultsOfTheLibrary() {
        assertThat(Decoder.read("{\"model_type\":\"gpt2\"}")).isEqualTo(Decoder.gpt2(50_257, 12, 768, 12, 1024));
        assertThat(Decoder.read("{\"model_type\":\"gpt_neox\"}"))
                .isEqualTo(new Decoder(
                        Family.GPT_NEOX,
                        50_432,
                        44,
                        6144,
                        64,
                        64,
                        96,
                        24_576,
                        2048,
                        1e-5,
                        Activation.GELU,
                        new Rotary(24, 10_000, null),
                        true,
                        true,
                        true,
                        false));
    }

    @Test
    void rotaryOptionsAreReadFromOldAndFromNewFiles() {
        var scaling = "'factor':32,'low_freq_factor':1,'high_freq_factor':4,'original_max_position_embeddings':8192";
        var old = "{'model_type':'llama','rope_theta':500000,'rope_scaling':{'rope_type':'llama3'," + scaling + "}}";
        var recent =
                "{'model_type':'llama','rope_parameters':{'rope_theta':500000,'rope_type':'llama3'," + scaling + "}}";
        var expected = new Rotary(128, 500_000, new Rotary.Scaling(32, 1, 4, 8192));
        assertThat(Decoder.read(old.replace('\'', '"')).rotary()).isEqualTo(expected);
        assertThat(Decoder.read(recent.replace('\'', '"')).rotary()).isEqualTo(expected);
    }

    /** Pair 30 of Llama 3.2 has a wavelength of 2951 tokens: between 8192 / 4 and 8192, so 0.59 of the way. */
    @Test
    void longWavelengthsGrowAndShortOnesStay() {
        var plain = new Rotary(128, 500_000, null);
        var scaled = new Rotary(128, 500_000, new Rotary.Scaling(32, 1, 4, 8192));
        assertThat(scaled.frequency(0)).isEqualTo(1);
        assertThat(scaled.frequency(63)).isCloseTo(plain.frequency(63) / 32, within(1e-15));
        double wavelength = 2 * Math.PI * Math.pow(500_000, 60 / 128.0);
        double smooth = (8192 / wavelength - 1) / 3;
        assertThat(smooth).isCloseTo(0.592, within(1e-2));
        assertThat(scaled.frequency(30) / plain.frequency(30)).isCloseTo((1 - smooth) / 32 + smooth, within(1e-12));
    }

    static Stream<Decoder> decoders() {
        return Stream.concat(
                GoldenDecoders.models().stream().map(GoldenDecoders.Model::decoder),
                Stream.of(Decoder.gpt2(11, 3, 12, 3, 9), Decoder.llama(12, 1, 24, 6, 3, 20, 8)));
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void whatIsWrittenIsReadAgain(Decoder decoder) {
        assertThat(Decoder.read(decoder.toConfigJson())).isEqualTo(decoder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                                    | must hold an object",
                "{                                                     | is not JSON",
                "{}                                                    | one of gpt2, llama, qwen2, olmo2, gpt_neox but is absent",
                "{'model_type':'mamba'}                                | one of gpt2, llama, qwen2, olmo2, gpt_neox but is mamba",
                "{'model_type':'gpt2','activation_function':'relu'}    | activation_function must be gelu",
                "{'model_type':'gpt2','n_head':5}                      | n_head must divide the width of 768 but is 5",
                "{'model_type':'gpt2','n_layer':'many'}                | n_layer must be a number",
                "{'model_type':'gpt2','n_layer':1.5}                   | n_layer must be a whole number",
                "{'model_type':'gpt2','n_layer':0}                     | layers must be at least 1 but was 0",
                "{'model_type':'gpt2','n_layer':[1]}                   | n_layer must be a single value",
                "{'model_type':'gpt2','tie_word_embeddings':1}         | tie_word_embeddings must be true or false",
                "{'model_type':'gpt2','scale_attn_weights':false}      | scale_attn_weights = false",
                "{'model_type':'gpt2','scale_attn_by_inverse_layer_idx':true} | scale_attn_by_inverse_layer_idx = true",
                "{'model_type':'gpt2','add_cross_attention':true}      | add_cross_attention = true",
                "{'model_type':'llama','hidden_act':'gelu'}            | hidden_act must be silu but is gelu",
                "{'model_type':'llama','num_key_value_heads':5}        | keyValueHeads must divide the 32 heads but was 5",
                "{'model_type':'llama','rope_scaling':{'type':'linear','factor':2}} | rope_type must be default or llama3 but is linear",
                "{'model_type':'llama','rope_scaling':{'rope_type':'llama3'}} | factor is missing",
                "{'model_type':'llama','rope_scaling':[]}              | rope_scaling must be an object",
                "{'model_type':'qwen2','use_sliding_window':true}      | use_sliding_window = true",
                "{'model_type':'qwen2','layer_types':['sliding_attention']} | layer_types must not hold sliding_attention",
                "{'model_type':'gpt_neox','rotary_pct':0.303}            | size must be even but was 29",
                "{'model_type':'gpt_neox','layer_norm_eps':-1}         | epsilon must be greater than 0",
                "{'model_type':'gpt_neox','layer_norm_eps':NaN}        | layer_norm_eps must be a number",
            })
    void whatIsNotBuiltHereIsRefusedByName(String config, String reason) {
        var json = config.replace('\'', '"');
        assertThatExceptionOfType(ModelRefused.class)
                .isThrownBy(() -> Decoder.read(json))
                .withMessageContaining(reason);
    }

    @Test
    void tensorsHaveTheNamesShapesAndRolesOfTheFiles() {
        var gpt2 = DecoderTensors.of(Decoder.gpt2(50_257, 12, 768, 12, 1024));
        var mixed = gpt2.get("transformer.h.11.attn.c_attn.weight");
        assertThat(mixed.shape()).containsExactly(768, 2304);
        assertThat(mixed.role()).isEqualTo(Role.TRANSPOSED_LINEAR);
        assertThat(gpt2).hasSize(148);
        var llama = DecoderTensors.of(Decoder.llama(100, 2, 24, 6, 3, 20, 8));
        assertThat(llama.get("model.layers.1.self_attn.v_proj.weight").shape()).containsExactly(12, 24);
        assertThat(llama.get("model.layers.0.mlp.down_proj.weight").role()).isEqualTo(Role.LINEAR);
        assertThat(llama.entrySet().stream()
                        .filter(entry -> entry.getValue().role().isLinear()))
                .hasSize(2 * 7);
    }

    @Test
    void fileNamesAreBroughtToOneFormAndBuffersAreLeftOut() {
        var gpt2 = Decoder.gpt2(11, 3, 12, 3, 9);
        assertThat(DecoderTensors.canonical(gpt2, "h.0.ln_1.bias")).hasValue("transformer.h.0.ln_1.bias");
        assertThat(DecoderTensors.canonical(gpt2, "transformer.wte.weight")).hasValue("transformer.wte.weight");
        assertThat(DecoderTensors.canonical(gpt2, "h.0.attn.bias")).isEmpty();
        assertThat(DecoderTensors.canonical(gpt2, "h.0.attn.c_attn.bias")).hasValue("transformer.h.0.attn.c_attn.bias");
        assertThat(DecoderTensors.canonical(gpt2, "lm_head.weight")).isEmpty();
        var neox = GoldenDecoders.models().get(6).decoder();
        assertThat(DecoderTensors.canonical(neox, "embed_out.weight")).hasValue("embed_out.weight");
        assertThat(DecoderTensors.canonical(neox, "gpt_neox.layers.0.attention.rotary_emb.inv_freq"))
                .isEmpty();
    }

    @Test
    void startingValuesHaveTheSpreadThatWasPublished() {
        var decoder = Decoder.gpt2(300, 8, 64, 4, 32);
        var initial = DecoderTensors.initial(decoder, 3);
        assertThat(deviation(initial.get("transformer.wte.weight"))).isCloseTo(0.02, within(5e-4));
        assertThat(deviation(initial.get("transformer.h.0.mlp.c_fc.weight"))).isCloseTo(0.02, within(5e-4));
        assertThat(deviation(initial.get("transformer.h.0.mlp.c_proj.weight"))).isCloseTo(0.005, within(1e-4));
        assertThat(initial.get("transformer.ln_f.weight")).containsOnly(1);
        assertThat(initial.get("transformer.ln_f.bias")).containsOnly(0);
        assertThat(DecoderTensors.initial(decoder, 3).get("transformer.wpe.weight"))
                .isEqualTo(initial.get("transformer.wpe.weight"))
                .isNotEqualTo(DecoderTensors.initial(decoder, 4).get("transformer.wpe.weight"));
        var llama = DecoderTensors.initial(Decoder.llama(30, 2, 64, 4, 4, 128, 8), 3);
        assertThat(deviation(llama.get("model.layers.1.mlp.down_proj.weight"))).isCloseTo(0.02, within(1e-3));
    }

    @Test
    void optionsThatContradictEachOtherAreRefusedByName() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Decoder.gpt2(11, 1, 10, 3, 9))
                .withMessageContaining("fill the width");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new Rotary.Scaling(8, 4, 4, 10))
                .withMessageContaining("high");
        for (var size : List.of(0, 3)) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new Rotary(size, 10_000, null))
                    .withMessageContaining("size");
        }
    }

    private static double deviation(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum / values.length);
    }
}
