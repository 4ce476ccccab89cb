package io.expunge.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a row of a table becomes the input of a network: numbers are standardised, categories become one-hot.
 *
 * @param columns in the order of the table
 * @param means of the numeric columns over the training rows of the lineage; 0 for a categorical one
 * @param deviations standard deviations likewise; 1 for a categorical column and for one that never varies
 */
record TableEncoding(List<Content.TableColumn> columns, List<Double> means, List<Double> deviations) {

    /** Fits to the rows where {@code training} is true. */
    static TableEncoding fit(List<Content.TableColumn> columns, float[] values, boolean[] training) {
        int width = columns.size();
        var means = new ArrayList<Double>();
        var deviations = new ArrayList<Double>();
        for (int c = 0; c < width; c++) {
            double sum = 0;
            double squares = 0;
            long count = 0;
            for (int row = 0; row < training.length && columns.get(c).numeric(); row++) {
                if (training[row]) {
                    count++;
                    double delta = values[row * width + c] - sum;
                    sum += delta / count; // Welford: the running mean
                    squares += delta * (values[row * width + c] - sum);
                }
            }
            double deviation = count == 0 ? 0 : Math.sqrt(squares / count);
            means.add(sum);
            deviations.add(deviation == 0 ? 1 : deviation);
        }
        return new TableEncoding(columns, means, deviations);
    }

    int width() {
        return columns.stream().mapToInt(Content.TableColumn::width).sum();
    }

    /** Rows × width inputs; {@code theirs} says what the codes in {@code values} mean, a category unknown here is zeros. */
    float[] encode(float[] values, List<Content.TableColumn> theirs) {
        int rows = values.length / columns.size();
        int width = width();
        var codes = codes(theirs);
        var inputs = new float[Math.multiplyExact(rows, width)];
        for (int row = 0; row < rows; row++) {
            int at = row * width;
            for (int c = 0; c < columns.size(); c++) {
                float value = values[row * columns.size() + c];
                if (columns.get(c).numeric()) {
                    inputs[at] = (float) ((value - means.get(c)) / deviations.get(c));
                } else if (codes.get(c)[(int) value] >= 0) {
                    inputs[at + codes.get(c)[(int) value]] = 1;
                }
                at += columns.get(c).width();
            }
        }
        return inputs;
    }

    private List<int[]> codes(List<Content.TableColumn> theirs) {
        var all = new ArrayList<int[]>();
        for (int c = 0; c < columns.size(); c++) {
            Map<String, Integer> ours = new HashMap<>();
            for (var category : columns.get(c).categories()) {
                ours.put(category, ours.size());
            }
            all.add(theirs.get(c).categories().stream()
                    .mapToInt(category -> ours.getOrDefault(category, -1))
                    .toArray());
        }
        return all;
    }
}
