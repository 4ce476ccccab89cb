package io.expunge.influence;

/**
 * How well many networks of half the data say what each record does: the linear datamodeling score (Park et al. 2023) at some of
 * them that took no part in the estimate. Each is one network, and two networks of one half agree only so far; the score cannot
 * be above that.
 *
 * @param estimated networks that the estimate was made from
 * @param heldOut networks that it was scored on
 * @param points whose margins were predicted
 * @param score mean over the points, in [−1, 1]
 * @param low of its interval of 95 %
 * @param high likewise
 */
public record Attribution(int estimated, int heldOut, int points, double score, double low, double high) {}
