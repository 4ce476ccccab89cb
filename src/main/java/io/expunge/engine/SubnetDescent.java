package io.expunge.engine;

import java.util.List;

/**
 * Which weights of some layers to set to 0, learned by {@link Session#descend(LanguageModel, SubnetDescent)}.
 *
 * @param layers names of linear layers, without {@code .weight}
 * @param forget what is to be lost; an epoch is a pass over it
 * @param keep what is to stay
 * @param droppedShare of the weights of each matrix, rounded down
 * @param forgetWeight w of the loss −w CE(forget) + (1 − w) CE(keep)
 * @param recipe of SGD over the scores
 * @param seed of the first scores and of the order of the texts
 */
public record SubnetDescent(
        List<String> layers,
        Sequences forget,
        Sequences keep,
        double droppedShare,
        double forgetWeight,
        Recipe recipe,
        long seed) {}
