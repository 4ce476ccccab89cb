package io.expunge.metric;

/** Means and spreads of plain arrays. */
final class Moments {

    private Moments() {}

    static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Unbiased; 0 for fewer than two values. */
    static double variance(double[] values) {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean(values);
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / (values.length - 1);
    }

    /** Pearson's; 0 where either does not vary. */
    static double correlation(double[] a, double[] b) {
        double meanA = mean(a);
        double meanB = mean(b);
        double both = 0;
        double onlyA = 0;
        double onlyB = 0;
        for (int i = 0; i < a.length; i++) {
            both += (a[i] - meanA) * (b[i] - meanB);
            onlyA += (a[i] - meanA) * (a[i] - meanA);
            onlyB += (b[i] - meanB) * (b[i] - meanB);
        }
        return onlyA == 0 || onlyB == 0 ? 0 : both / Math.sqrt(onlyA * onlyB);
    }

    static double[] minus(double[] a, double[] b) {
        var difference = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    /** Mean of several arrays of one length, element by element. */
    static double[] average(java.util.List<double[]> rows) {
        var average = new double[rows.getFirst().length];
        for (var row : rows) {
            for (int i = 0; i < average.length; i++) {
                average[i] += row[i] / rows.size();
            }
        }
        return average;
    }
}
