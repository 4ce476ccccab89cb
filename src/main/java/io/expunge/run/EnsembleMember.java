package io.expunge.run;

import io.expunge.engine.Logits;

/**
 * One model of an ensemble.
 *
 * @param number counted from 0
 * @param rows of the version's training records, in the order of its records, that it learned from; ascending
 * @param logits what it says of all the version's training records and of its test records
 */
public record EnsembleMember(int number, int[] rows, Logits logits) {}
