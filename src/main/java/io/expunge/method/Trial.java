package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a method that searches for its own settings tried.
 *
 * @param number counted from 1
 * @param learningRate the largest step size; 0 for an edit without steps
 * @param retainWeight α; 0 for an edit without one
 * @param distance how much too little was forgotten: mean log-probability of a token of the forget set's answers less that at
 *     which it aims, in nats, −∞ where the loss was no number any more; of a curvature edit the share of memorised texts
 *     that is still recited
 * @param utility mean answer probability on a sample of the retain set, in the parent's; of a curvature edit the parent's
 *     perplexity of held-out texts over the edited model's
 * @param setting in words, where step size and retain weight are none of it
 */
public record Trial(
        int number,
        double learningRate,
        double retainWeight,
        double distance,
        double utility,

        @JsonProperty(isRequired = OptBoolean.FALSE) @Nullable String setting) {

    /** Of a descent. */
    static Trial of(int number, double learningRate, double retainWeight, double distance, double utility) {
        return new Trial(number, learningRate, retainWeight, distance, utility, null);
    }

    /** Of a curvature edit. */
    static Trial of(int number, String setting, double recited, double utility) {
        return new Trial(number, 0, 0, recited, utility, setting);
    }
}
