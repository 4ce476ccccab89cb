package io.expunge.engine;

import java.util.Map;
import java.util.Objects;
import org.hipparchus.special.Erf;

/** The vision transformer of the paper in float64 and plain loops: one image at a time, every score of attention spelled out. */
final class VisionTwin {

    /** Sees what enters a linear layer at a token, and may change what leaves it. */
    interface Tap {
        void passed(String layer, int token, double[] x, double[] y);
    }

    private final VisionTransformer v;
    private final Map<String, double[]> w;
    private final Tap tap;

    VisionTwin(VisionTransformer vit, Map<String, double[]> weights, Tap tap) {
        this.v = vit;
        this.w = weights;
        this.tap = tap;
    }

    VisionTwin(VisionTransformer vit, Map<String, double[]> weights) {
        this(vit, weights, (layer, token, x, y) -> {});
    }

    /** log p(label | image), the image in the order channel, row, column. */
    double logProbability(double[] image, int label) {
        var logits = logits(image);
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        return logits[label] - Math.log(sum);
    }

    double[] logits(double[] image) {
        var z = embedded(image);
        for (int block = 0; block < v.depth(); block++) {
            var name = "vit.encoder.layer." + block + ".";
            z = plus(z, attention(name + "attention.", norm(name + "layernorm_before", z)));
            var inner = linear(name + "intermediate.dense", norm(name + "layernorm_after", z));
            for (var row : inner) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = row[i] * 0.5 * (1 + Erf.erf(row[i] / Math.sqrt(2)));
                }
            }
            z = plus(z, linear(name + "output.dense", inner));
        }
        return linear("classifier", norm("vit.layernorm", new double[][] {z[0]}))[0];
    }

    private double[][] embedded(double[] image) {
        int side = v.imageSize() / v.patchSize();
        int p = v.patchSize();
        var kernel = of("vit.embeddings.patch_embeddings.projection.weight");
        var bias = of("vit.embeddings.patch_embeddings.projection.bias");
        var positions = of("vit.embeddings.position_embeddings");
        var z = new double[v.tokens()][v.hiddenSize()];
        for (int i = 0; i < v.hiddenSize(); i++) {
            z[0][i] = of("vit.embeddings.cls_token")[i] + positions[i];
            for (int patch = 0; patch < side * side; patch++) {
                double sum = bias[i] + positions[(patch + 1) * v.hiddenSize() + i];
                for (int c = 0; c < v.channels(); c++) {
                    for (int y = 0; y < p; y++) {
                        for (int x = 0; x < p; x++) {
                            int row = patch / side * p + y;
                            int column = patch % side * p + x;
                            sum += kernel[((i * v.channels() + c) * p + y) * p + x]
                                    * image[(c * v.imageSize() + row) * v.imageSize() + column];
                        }
                    }
                }
                z[patch + 1][i] = sum;
            }
        }
        return z;
    }

    private double[][] attention(String name, double[][] x) {
        var q = linear(name + "attention.query", x);
        var k = linear(name + "attention.key", x);
        var values = linear(name + "attention.value", x);
        int size = v.hiddenSize() / v.heads();
        var mixed = new double[x.length][v.hiddenSize()];
        for (int head = 0; head < v.heads(); head++) {
            for (int t = 0; t < x.length; t++) {
                var scores = new double[x.length];
                double sum = 0;
                for (int s = 0; s < x.length; s++) {
                    double dot = 0;
                    for (int i = head * size; i < (head + 1) * size; i++) {
                        dot += q[t][i] * k[s][i];
                    }
                    scores[s] = Math.exp(dot / Math.sqrt(size));
                    sum += scores[s];
                }
                for (int s = 0; s < x.length; s++) {
                    for (int i = head * size; i < (head + 1) * size; i++) {
                        mixed[t][i] += scores[s] / sum * values[s][i];
                    }
                }
            }
        }
        return linear(name + "output.dense", mixed);
    }

    private double[][] linear(String name, double[][] x) {
        var matrix = of(name + ".weight");
        var bias = of(name + ".bias");
        var y = new double[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < bias.length; o++) {
                y[t][o] = bias[o];
                for (int i = 0; i < x[t].length; i++) {
                    y[t][o] += matrix[o * x[t].length + i] * x[t][i];
                }
            }
            tap.passed(name, t, x[t], y[t]);
        }
        return y;
    }

    private double[][] norm(String name, double[][] x) {
        var gain = of(name + ".weight");
        var bias = of(name + ".bias");
        var y = new double[x.length][gain.length];
        for (int t = 0; t < x.length; t++) {
            double mean = 0;
            for (double value : x[t]) {
                mean += value / gain.length;
            }
            double variance = 0;
            for (double value : x[t]) {
                variance += (value - mean) * (value - mean) / gain.length;
            }
            for (int i = 0; i < gain.length; i++) {
                y[t][i] = (x[t][i] - mean) / Math.sqrt(variance + v.layerNormEpsilon()) * gain[i] + bias[i];
            }
        }
        return y;
    }

    private static double[][] plus(double[][] a, double[][] b) {
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[t].length; i++) {
                a[t][i] += b[t][i];
            }
        }
        return a;
    }

    private double[] of(String name) {
        return Objects.requireNonNull(w.get(name), name);
    }
}
