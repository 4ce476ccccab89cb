package io.expunge.method;

import io.expunge.engine.Examples;
import io.expunge.engine.ImageStream;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.MomentStream;
import io.expunge.engine.Network;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import java.util.UUID;

/** Where a method gets the curvature of the version that it edits, and data other than the version's own. */
public interface Curvatures {

    /** For methods that need none. */
    Curvatures NONE = new Curvatures() {};

    /**
     * Second moments, collected now or earlier.
     *
     * @param model with the version's own weights
     */
    default SecondMoments of(LanguageModel model, MomentStream stream) {
        throw new ModelRefused("there is no curvature of language models here");
    }

    /**
     * The same of a network's layers.
     *
     * @param network with the version's own weights
     */
    default SecondMoments of(Network network, ImageStream stream) {
        throw new ModelRefused("there is no curvature of networks here");
    }

    /**
     * The texts of a data set, in the model's tokens.
     *
     * @throws ModelRefused if there is no such data set of texts
     */
    default Sequences texts(UUID dataset) {
        throw new ModelRefused("there is no data set of texts here");
    }

    /**
     * The images of a data set; their labels mean nothing.
     *
     * @throws ModelRefused if there is no such data set of images
     */
    default Examples images(UUID dataset) {
        throw new ModelRefused("there is no data set of images here");
    }

    /**
     * Tells how far a search has come.
     *
     * @throws io.expunge.engine.Stopped if it is to end
     */
    default void progress(String what, long done, long total) {}
}
