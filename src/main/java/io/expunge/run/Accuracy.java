package io.expunge.run;

import io.expunge.engine.Examples;
import io.expunge.engine.Network;

/** The share of examples whose largest output is the label's. */
final class Accuracy {

    private Accuracy() {}

    static double of(Network network, Examples examples) {
        var logits = network.logits(examples);
        var labels = examples.labels();
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int c = 1; c < logits[i].length; c++) {
                best = logits[i][c] > logits[i][best] ? c : best;
            }
            right += best == labels[i] ? 1 : 0;
        }
        return labels.length == 0 ? 0 : right / (double) labels.length;
    }
}
