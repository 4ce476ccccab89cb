package io.expunge.engine;

/** How a classifier is built. */
public sealed interface NetworkArchitecture extends Architecture permits Mlp, SmallCnn, ResNet9, ResNet18 {

    /** How many classes the network tells apart, at least 2. */
    int classes();

    /** Shape of one example, without the batch axis. */
    long[] inputShape();
}
