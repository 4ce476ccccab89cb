package io.expunge.lab;

import ai.djl.ndarray.NDArray;
import java.util.Locale;

/**
 * The compared methods, as in §4 of the NPO paper. RT stands for the mean cross-entropy on the retained records, added
 * with weight 1.
 */
enum SyntheticMethod {
    GA,
    GA_RT,
    NPO,
    NPO_RT,
    /**
     * Learns a refusal in place of the answer. A model of yes and no cannot say "I don't know": as in the paper's own
     * experiment, every record to forget gets one label drawn evenly, once, so that the answer to learn tells nothing.
     */
    IDK_RT,
    /** Prefers the same drawn labels; where one is the true label, its record adds a constant and no gradient. */
    DPO_RT;

    /** Learning rate η and β; β is not used by a loss that has none. */
    record Setting(double rate, double beta) {}

    /** Its name in keys of figures. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Its name for people. */
    String title() {
        return name().replace('_', '+');
    }

    /**
     * The paper's choice, from its appendix D.
     *
     * @param alpha 0 where the two kinds of records overlap, else 1
     */
    Setting setting(int alpha) {
        boolean overlap = alpha == 0;
        return switch (this) {
            case GA, GA_RT, IDK_RT -> new Setting(overlap ? 1e-4 : 5e-4, 1);
            case NPO, NPO_RT -> overlap ? new Setting(5e-2, 10) : new Setting(5e-3, 1);
            case DPO_RT -> overlap ? new Setting(5e-2, 5) : new Setting(5e-3, 0.1);
        };
    }

    /** What one step goes down on, at θ; a scalar with gradients. */
    NDArray loss(SyntheticLosses losses, NDArray theta, double beta) {
        return switch (this) {
            case GA -> losses.ascent(theta);
            case GA_RT -> losses.ascent(theta).add(losses.keeping(theta));
            case NPO -> losses.npo(theta, beta);
            case NPO_RT -> losses.npo(theta, beta).add(losses.keeping(theta));
            case IDK_RT -> losses.refusing(theta).add(losses.keeping(theta));
            case DPO_RT -> losses.dpo(theta, beta).add(losses.keeping(theta));
        };
    }
}
