package io.expunge.metric;

import java.util.Arrays;

/** Activations before a network's last layer; immutable. */
public final class Features {

    private final float[][] rows;

    /**
     * Copies activations.
     *
     * @param rows shape (n, d), finite
     * @throws IllegalArgumentException if the rows differ in length or hold a number that is not finite
     */
    public Features(float[][] rows) {
        for (var row : rows) {
            if (row.length != rows[0].length) {
                throw new IllegalArgumentException("rows of features differ in length");
            }
            for (float value : row) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("a feature is not a finite number");
                }
            }
        }
        this.rows = Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new);
    }

    int size() {
        return rows.length;
    }

    int width() {
        return rows.length == 0 ? 0 : rows[0].length;
    }

    float[] row(int i) {
        return rows[i];
    }

    /** Means of the columns, shape (d). */
    double[] means() {
        var means = new double[width()];
        for (var row : rows) {
            for (int j = 0; j < means.length; j++) {
                means[j] += row[j] / (double) rows.length;
            }
        }
        return means;
    }

    /** One over the standard deviations of the columns, shape (d); 0 where a column does not vary. */
    double[] scales(double[] means) {
        var scales = new double[width()];
        for (var row : rows) {
            for (int j = 0; j < scales.length; j++) {
                scales[j] += (row[j] - means[j]) * (row[j] - means[j]) / rows.length;
            }
        }
        return Arrays.stream(scales)
                .map(variance -> variance > 1e-12 ? 1 / Math.sqrt(variance) : 0)
                .toArray();
    }

    /** ‖this − other‖ of every row, shape (n). */
    double[] distances(Features other) {
        var distances = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            double sum = 0;
            for (int j = 0; j < rows[i].length; j++) {
                double step = rows[i][j] - other.rows[i][j];
                sum += step * step;
            }
            distances[i] = Math.sqrt(sum);
        }
        return distances;
    }

    /** ‖row‖ of every row, shape (n). */
    double[] lengths() {
        return distances(new Features(new float[rows.length][width()]));
    }
}
