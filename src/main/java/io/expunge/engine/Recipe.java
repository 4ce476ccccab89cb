package io.expunge.engine;

/** Everything that decides the weights beside the data and the seed. */
public record Recipe(int epochs, int batchSize, double learningRate, double momentum, double weightDecay) {}
