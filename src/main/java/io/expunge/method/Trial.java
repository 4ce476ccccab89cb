package io.expunge.method;

/**
 * What a method that searches for its own settings tried.
 *
 * @param number counted from 1
 * @param learningRate the largest step size
 * @param retainWeight α
 * @param distance mean log-probability of a token of the forget set's answers less that at which it aims, in nats;
 *     positive where too little was forgotten, −∞ where the loss was no number any more
 * @param utility mean answer probability on a sample of the retain set, in the parent's
 */
public record Trial(int number, double learningRate, double retainWeight, double distance, double utility) {}
