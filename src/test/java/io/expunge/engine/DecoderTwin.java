package io.expunge.engine;

import java.util.Arrays;
import java.util.Map;
import org.hipparchus.special.Erf;

/** The decoders of the papers in float64 and plain loops: one sequence at a time, every score of attention spelled out. */
final class DecoderTwin {

    private final Decoder d;
    private final Map<String, double[]> w;

    DecoderTwin(Decoder decoder, Map<String, double[]> weights) {
        this.d = decoder;
        this.w = weights;
    }

    /** −Σ log p(token | those before it) over all tokens from {@code first[i]} on of each sequence i. */
    double loss(int[][] sequences, int[] first) {
        double loss = 0;
        for (int i = 0; i < sequences.length; i++) {
            var logits = logits(sequences[i]);
            for (int at = first[i]; at < sequences[i].length; at++) {
                loss -= logProbability(logits[at - 1], sequences[i][at]);
            }
        }
        return loss;
    }

    static double logProbability(double[] logits, int token) {
        double sum = 0;
        for (double z : logits) {
            sum += Math.exp(z);
        }
        return logits[token] - Math.log(sum);
    }

    double[][] logits(int[] tokens) {
        return switch (d.family()) {
            case GPT2 -> gpt2(tokens);
            case GPT_NEOX -> neox(tokens);
            case LLAMA, QWEN2, OLMO2 -> llama(tokens);
        };
    }

    private double[][] gpt2(int[] tokens) {
        var x = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            x[t] = plus(row("transformer.wte.weight", tokens[t]), row("transformer.wpe.weight", t));
        }
        for (int l = 0; l < d.layers(); l++) {
            var h = "transformer.h." + l + ".";
            var mixed = conv1d(h + "attn.c_attn", layerNorm(h + "ln_1", x), 3 * d.width());
            var q = columns(mixed, 0, d.width());
            var k = columns(mixed, d.width(), d.width());
            var v = columns(mixed, 2 * d.width(), d.width());
            x = plus(x, conv1d(h + "attn.c_proj", attention(q, k, v), d.width()));
            var inner = gelu(conv1d(h + "mlp.c_fc", layerNorm(h + "ln_2", x), d.inner()));
            x = plus(x, conv1d(h + "mlp.c_proj", inner, d.width()));
        }
        return linear(d.tiedHead() ? "transformer.wte" : "lm_head", layerNorm("transformer.ln_f", x), d.vocabulary());
    }

    private double[][] neox(int[] tokens) {
        var x = embedded("gpt_neox.embed_in.weight", tokens);
        int size = d.headSize();
        for (int l = 0; l < d.layers(); l++) {
            var h = "gpt_neox.layers." + l + ".";
            var mixed = linear(h + "attention.query_key_value", layerNorm(h + "input_layernorm", x), 3 * d.width());
            var q = new double[tokens.length][d.width()];
            var k = new double[tokens.length][d.width()];
            var v = new double[tokens.length][d.width()];
            for (int t = 0; t < tokens.length; t++) {
                for (int i = 0; i < d.width(); i++) {
                    int head = i / size;
                    q[t][i] = mixed[t][head * 3 * size + i % size];
                    k[t][i] = mixed[t][head * 3 * size + size + i % size];
                    v[t][i] = mixed[t][head * 3 * size + 2 * size + i % size];
                }
            }
            var attended = linear(h + "attention.dense", attention(rotated(q), rotated(k), v), d.width());
            var read = d.parallelResidual() ? x : plus(x, attended);
            var inner =
                    gelu(linear(h + "mlp.dense_h_to_4h", layerNorm(h + "post_attention_layernorm", read), d.inner()));
            x = plus(plus(x, attended), linear(h + "mlp.dense_4h_to_h", inner, d.width()));
        }
        return linear(
                d.tiedHead() ? "gpt_neox.embed_in" : "embed_out",
                layerNorm("gpt_neox.final_layer_norm", x),
                d.vocabulary());
    }

    private double[][] llama(int[] tokens) {
        var x = embedded("model.embed_tokens.weight", tokens);
        boolean olmo = d.family() == Decoder.Family.OLMO2;
        for (int l = 0; l < d.layers(); l++) {
            var h = "model.layers." + l + ".";
            var read = olmo ? x : rmsNorm(h + "input_layernorm", x);
            var q = linear(h + "self_attn.q_proj", read, d.heads() * d.headSize());
            var k = linear(h + "self_attn.k_proj", read, d.keyValueHeads() * d.headSize());
            var v = linear(h + "self_attn.v_proj", read, d.keyValueHeads() * d.headSize());
            if (olmo) {
                q = rmsNorm(h + "self_attn.q_norm", q);
                k = rmsNorm(h + "self_attn.k_norm", k);
            }
            var attended = linear(h + "self_attn.o_proj", attention(rotated(q), rotated(k), v), d.width());
            x = plus(x, olmo ? rmsNorm(h + "post_attention_layernorm", attended) : attended);
            read = olmo ? x : rmsNorm(h + "post_attention_layernorm", x);
            var gate = linear(h + "mlp.gate_proj", read, d.inner());
            var up = linear(h + "mlp.up_proj", read, d.inner());
            for (int t = 0; t < gate.length; t++) {
                for (int i = 0; i < gate[t].length; i++) {
                    up[t][i] *= gate[t][i] / (1 + Math.exp(-gate[t][i]));
                }
            }
            var down = linear(h + "mlp.down_proj", up, d.width());
            x = plus(x, olmo ? rmsNorm(h + "post_feedforward_layernorm", down) : down);
        }
        return linear(d.tiedHead() ? "model.embed_tokens" : "lm_head", rmsNorm("model.norm", x), d.vocabulary());
    }

    /** softmax(q kᵀ / √size) v, each query with the keys up to its own place. */
    private double[][] attention(double[][] q, double[][] k, double[][] v) {
        int size = d.headSize();
        var out = new double[q.length][d.heads() * size];
        for (int head = 0; head < d.heads(); head++) {
            int pair = head / (d.heads() / d.keyValueHeads());
            for (int t = 0; t < q.length; t++) {
                var shares = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < size; i++) {
                        score += q[t][head * size + i] * k[s][pair * size + i];
                    }
                    shares[s] = Math.exp(score / Math.sqrt(size));
                    sum += shares[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < size; i++) {
                        out[t][head * size + i] += shares[s] / sum * v[s][pair * size + i];
                    }
                }
            }
        }
        return out;
    }

    private double[][] rotated(double[][] x) {
        var rotary = d.rotary();
        int half = rotary.size() / 2;
        var out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            out[t] = x[t].clone();
            for (int start = 0; start < x[t].length; start += d.headSize()) {
                for (int i = 0; i < half; i++) {
                    double angle = t * frequency(rotary, i);
                    double a = x[t][start + i];
                    double b = x[t][start + half + i];
                    out[t][start + i] = a * Math.cos(angle) - b * Math.sin(angle);
                    out[t][start + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
                }
            }
        }
        return out;
    }

    private static double frequency(Rotary rotary, int i) {
        double frequency = 1 / Math.pow(rotary.theta(), 2.0 * i / rotary.size());
        var scaling = rotary.scaling();
        if (scaling == null) {
            return frequency;
        }
        double wavelength = 2 * Math.PI / frequency;
        double longest = scaling.context() / scaling.low();
        double shortest = scaling.context() / scaling.high();
        if (wavelength < shortest) {
            return frequency;
        }
        if (wavelength > longest) {
            return frequency / scaling.factor();
        }
        double smooth = (scaling.context() / wavelength - scaling.low()) / (scaling.high() - scaling.low());
        return frequency * ((1 - smooth) / scaling.factor() + smooth);
    }

    private double[][] gelu(double[][] x) {
        for (var row : x) {
            for (int i = 0; i < row.length; i++) {
                double z = row[i];
                row[i] = d.activation() == Decoder.Activation.GELU
                        ? z * 0.5 * (1 + Erf.erf(z / Math.sqrt(2)))
                        : z * 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z)));
            }
        }
        return x;
    }

    private double[][] layerNorm(String name, double[][] x) {
        var scale = w.get(name + ".weight");
        var shift = w.get(name + ".bias");
        var out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double mean = Arrays.stream(x[t]).average().orElseThrow();
            double variance = Arrays.stream(x[t])
                    .map(z -> (z - mean) * (z - mean))
                    .average()
                    .orElseThrow();
            out[t] = new double[x[t].length];
            for (int i = 0; i < x[t].length; i++) {
                out[t][i] = (x[t][i] - mean) / Math.sqrt(variance + d.epsilon()) * scale[i] + shift[i];
            }
        }
        return out;
    }

    private double[][] rmsNorm(String name, double[][] x) {
        var scale = w.get(name + ".weight");
        var out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double square = Arrays.stream(x[t]).map(z -> z * z).average().orElseThrow();
            out[t] = new double[x[t].length];
            for (int i = 0; i < x[t].length; i++) {
                out[t][i] = x[t][i] / Math.sqrt(square + d.epsilon()) * scale[i];
            }
        }
        return out;
    }

    private double[][] linear(String name, double[][] x, int outs) {
        return product(name, x, outs, false);
    }

    private double[][] conv1d(String name, double[][] x, int outs) {
        return product(name, x, outs, true);
    }

    private double[][] product(String name, double[][] x, int outs, boolean inFirst) {
        var matrix = w.get(name + ".weight");
        var bias = w.get(name + ".bias");
        int ins = x[0].length;
        var y = new double[x.length][outs];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < outs; o++) {
                double sum = bias == null ? 0 : bias[o];
                for (int i = 0; i < ins; i++) {
                    sum += x[t][i] * (inFirst ? matrix[i * outs + o] : matrix[o * ins + i]);
                }
                y[t][o] = sum;
            }
        }
        return y;
    }

    private double[][] embedded(String name, int[] tokens) {
        return Arrays.stream(tokens).mapToObj(token -> row(name, token)).toArray(double[][]::new);
    }

    private double[] row(String name, int index) {
        return Arrays.copyOfRange(w.get(name), index * d.width(), (index + 1) * d.width());
    }

    private static double[][] columns(double[][] x, int from, int count) {
        return Arrays.stream(x)
                .map(row -> Arrays.copyOfRange(row, from, from + count))
                .toArray(double[][]::new);
    }

    private static double[][] plus(double[][] a, double[][] b) {
        var sum = new double[a.length][];
        Arrays.setAll(sum, t -> plus(a[t], b[t]));
        return sum;
    }

    private static double[] plus(double[] a, double[] b) {
        var sum = new double[a.length];
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }
}
